// Kernel threads of our own, which glibc neither made nor knows.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <sys/types.h>

namespace unblock::kernel_thread {

/// A thread pointer for a flow that runs only our code, libev and libc's simple functions: a zeroed TLS
/// block as large as the program's static one, and a descriptor with the stack and pointer guards of the
/// calling thread. glibc's list of threads does not have it: it is not the program's. 0: no memory.
[[nodiscard]] std::uintptr_t make_tls() noexcept;

/// Starts `body(argument)` on a new kernel thread with the given stack top and thread pointer. `ktid`
/// receives its id before it runs, and 0 with a futex wake when it has ended. All signals are blocked in
/// it. Returns 0 or a negative error number (EAGAIN, ENOMEM: clone(2)).
[[nodiscard]] int start(void (*body)(void*), void* argument, void* stack_top, std::uintptr_t tls,
                        std::atomic<pid_t>& ktid) noexcept;

/// Waits until a thread that has ended, its id zeroed, is not counted any more either. Async-signal-safe.
void await_gone(pid_t ktid) noexcept;

/// How many kernel threads the process has, ours included: proc(5). 0: not known. Async-signal-safe.
[[nodiscard]] unsigned long count() noexcept;

/// Opens /proc/self/task/KTID/FILE: proc(5). A descriptor, or a negative error number. Async-signal-safe.
[[nodiscard]] long open_file(pid_t ktid, std::string_view file, int access) noexcept;

/// Whether it sleeps in a system call, by its state in /proc/self/task/KTID/stat: proc_pid_stat(5). False if
/// that cannot be read. Async-signal-safe.
[[nodiscard]] bool sleeps(pid_t ktid) noexcept;

}  // namespace unblock::kernel_thread
