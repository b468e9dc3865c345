// The kernel's side: raw system calls, never patched, never hooked, never touching errno.
// Everything the runtime itself asks of the kernel goes through here.
#pragma once

#include <cstdint>
#include <sys/syscall.h>
#include <type_traits>

namespace unblock::kernel {

template <class T>
[[gnu::always_inline]] inline long word(T value) noexcept {
  if constexpr (std::is_pointer_v<T> || std::is_null_pointer_v<T>)
    return reinterpret_cast<long>(static_cast<const volatile void*>(value));
  else
    return static_cast<long>(value);
}

/// Makes system call `nr` with six arguments. Returns the kernel's answer: a result, or a negative
/// error number. Async-signal-safe; preserves what the kernel preserves. See syscall(2).
[[gnu::always_inline]] inline long syscall6(long nr, long a, long b, long c, long d, long e,
                                            long f) noexcept {
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  long result;
  asm volatile("syscall"
               : "=a"(result)
               : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

/// The same for any number of arguments up to six, of integer or pointer type.
template <class... Args>
[[gnu::always_inline]] inline long call(long nr, Args... args) noexcept {
  static_assert(sizeof...(Args) <= 6);
  const long words[6] = {word(args)...};
  return syscall6(nr, words[0], words[1], words[2], words[3], words[4], words[5]);
}

/// True for the kernel's error range, -4095..-1.
[[gnu::always_inline]] inline bool failed(long result) noexcept {
  return static_cast<unsigned long>(result) > -4096UL;
}

}  // namespace unblock::kernel
