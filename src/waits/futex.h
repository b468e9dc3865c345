// futex(2) for fibers.
#pragma once

#include <cstdint>

#include "fibers/fiber.h"

namespace unblock::futex {

/// Answers futex(2) for `fiber`. Private words are the parking lot's; for words that other processes may
/// share, sleeping happens in the kernel, in place, and wakes go both ways. Arguments and results as
/// futex(2), with the kernel's restart codes (waiting::restart_if_asked) for interrupted sleeps.
long call(Fiber& fiber, std::uint32_t* word, int operation, std::uint32_t value, long timeout_or_count,
          std::uint32_t* second_word, std::uint32_t third_value) noexcept;

/// Whether an operation by a thread that is no fiber may wake fibers, or move them. Else it is the kernel's
/// alone.
[[nodiscard]] bool concerns_fibers(const std::uint32_t* word, int operation,
                                   const std::uint32_t* second_word) noexcept;

/// Answers futex(2) in such a thread for such an operation: fibers and the kernel's sleepers alike.
long wake_from_outside(std::uint32_t* word, int operation, std::uint32_t value, long timeout_or_count,
                       std::uint32_t* second_word, std::uint32_t third_value) noexcept;

/// Whether a futex(2) operation never sleeps: what a flow may ask that is no fiber at the moment.
[[nodiscard]] bool only_wakes(int operation) noexcept;

/// Answers futex_waitv(2).
long wait_many(Fiber& fiber, const void* words, unsigned count, unsigned flags, const void* timeout,
               int clock) noexcept;

/// Wakes up to `count` sleepers at `word`, fibers first, then kernel threads. Any kernel thread.
void wake(std::uint32_t* word, int count) noexcept;

/// What the kernel does with the locks of a thread that ends: get_robust_list(2). Marks each as its dead
/// owner's and wakes a waiter.
void release_robust_list(Fiber& fiber) noexcept;

}  // namespace unblock::futex
