// The stacks that pthread_create(3) makes when the program gives none. glibc maps, opens, advises and unmaps
// them, and keeps a few; the calls are answered from slabs of ours, most of them without the kernel.
#pragma once

#include <cstddef>
#include <cstdint>

#include "fibers/fiber.h"

namespace unblock::stacks {

/// The answer to a call that is not about one of ours, or does with one what only the kernel can: it is to.
constexpr long kernels = 1;

/// Whether any of it may be, or may be taken for, one of ours. Cheap. Any thread.
[[nodiscard]] bool concerns_us(std::uintptr_t begin, std::size_t bytes) noexcept;

/// Whether what is at `address` is in memory of ours that no other process can have mapped, unless it runs in
/// all of it. Any thread.
[[nodiscard]] bool hold(const void* address) noexcept;

/// mmap(2) by pthread_create() of `bytes` without access: an address, or 0 for the kernel's.
[[nodiscard]] std::uintptr_t map(std::size_t bytes) noexcept;

/// mprotect(2): opens what map() gave, all but the guard at its low end. 0, a negative error number,
/// `kernels`.
[[nodiscard]] long protect(std::uintptr_t begin, std::size_t bytes, int protection) noexcept;

/// madvise(2): a thread that ends, as its last but one call, gives back what it used of its stack. The pages
/// of a few stacks stay, for those that come. 0 or `kernels`.
[[nodiscard]] long advise(const Fiber& fiber, std::uintptr_t begin, std::size_t bytes, int advice) noexcept;

/// munmap(2). 0 or `kernels`.
[[nodiscard]] long unmap(std::uintptr_t begin, std::size_t bytes) noexcept;

/// Any other call that changes a mapping: ours that it touches are as the program believes them to be from
/// now on, and the kernel's.
void disown(std::uintptr_t begin, std::size_t bytes) noexcept;

/// The same for those that are no mapping to the program.
void disown_unused() noexcept;

/// A thread starts on the stack that ends at `top`.
void begin(std::uintptr_t top) noexcept;

/// Gives back the pages that were kept, and of page tables that nobody needs as many as half a millisecond
/// allows: every second, and when nothing runs. True if there are more. Any kernel thread.
bool release_kept() noexcept;

/// Whether `address` is in a guard. Async-signal-safe.
[[nodiscard]] bool guards(std::uintptr_t address) noexcept;

/// Forgets all of them: in a fork's child, and when the program goes on natively. They are ordinary memory.
void forget() noexcept;

}  // namespace unblock::stacks
