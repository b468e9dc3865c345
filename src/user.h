// The program's memory as the kernel would see it: an address that is no good is an EFAULT, not a crash.
#pragma once

#include <cstddef>
#include <cstdint>

namespace unblock::user {

/// Whether `address` may be beyond those that programs have. Where these end the kernel knows.
[[nodiscard]] constexpr bool may_be_beyond(std::uintptr_t address) noexcept { return address >> 47 != 0; }

// Each access notes where it may fault and where to go on then; the fault handler looks there.
#define UNBLOCK_MAY_FAULT(label) \
  ".pushsection unblock_faults,\"a\"\n\t.balign 4\n\t.long 1b - ., %l[" #label "] - .\n\t.popsection\n\t"

/// Reads `*from`, 4 or 8 bytes. False if it cannot be read. Only on a thread whose faults we handle.
template <class T>
[[nodiscard]] inline bool load(const T* from, T& value) noexcept {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  asm volatile goto("1: mov %[from], %[value]\n\t" UNBLOCK_MAY_FAULT(fault)
                    : [value] "=r"(value)
                    : [from] "m"(*const_cast<const volatile T*>(from))
                    :
                    : fault);
  return true;
fault:
  return false;
}

/// Writes `value` to `*to`, 2, 4 or 8 bytes. False if it cannot be written.
template <class T>
[[nodiscard]] inline bool store(T* to, T value) noexcept {
  static_assert(sizeof(T) == 2 || sizeof(T) == 4 || sizeof(T) == 8);
  asm volatile goto("1: mov %[value], (%[to])\n\t" UNBLOCK_MAY_FAULT(fault)
                    :
                    : [to] "r"(to), [value] "r"(value)
                    : "memory"
                    : fault);
  return true;
fault:
  return false;
}

/// If `*word` is `expected`, makes it `desired`; else makes `expected` what it is. False on a fault.
[[nodiscard]] inline bool compare_exchange(std::uint32_t* word, std::uint32_t& expected,
                                           std::uint32_t desired) noexcept {
  std::uint32_t seen = expected;
  asm volatile goto("1: lock cmpxchgl %[desired], (%[word])\n\t" UNBLOCK_MAY_FAULT(fault)
                    : "+a"(seen)
                    : [word] "r"(word), [desired] "r"(desired)
                    : "memory", "cc"
                    : fault);
  expected = seen;
  return true;
fault:
  return false;
}

/// Copies `bytes` between the program's memory and ours. False if some of it was not accessible.
[[nodiscard]] inline bool copy(void* to, const void* from, std::size_t bytes) noexcept {
  asm volatile goto("1: rep movsb\n\t" UNBLOCK_MAY_FAULT(fault)
                    : "+D"(to), "+S"(from), "+c"(bytes)
                    :
                    : "memory"
                    : fault);
  return true;
fault:
  return false;
}

/// The same, word by word: what copying takes to begin is more than some words take. Of `bytes`, whole words.
[[nodiscard]] inline bool copy_words(void* to, const void* from, std::size_t bytes) noexcept {
  const auto* source = static_cast<const std::uint64_t*>(from);
  auto* target = static_cast<std::uint64_t*>(to);
  for (std::size_t i = 0; i < bytes / sizeof *source; ++i)
    if (!load(source + i, target[i])) return false;
  return true;
}

/// Whether the program's memory from `begin` on, no more than a page of it, can be written. Zeroes the first
/// and the last word.
[[nodiscard]] inline bool writable(void* begin, std::size_t bytes) noexcept {
  constexpr std::uint64_t zero = 0;
  auto* words = static_cast<std::uint64_t*>(begin);
  return store(words, zero) && store(words + bytes / sizeof zero - 1, zero);
}

/// For the fault handler: where to go on after a fault at `instruction`; 0 if it is none of ours.
/// Async-signal-safe.
[[nodiscard]] std::uintptr_t recovery(std::uintptr_t instruction) noexcept;

}  // namespace unblock::user
