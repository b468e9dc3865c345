// Timers that notify one thread: SIGEV_THREAD_ID of timer_create(2). The kernel knows no fiber, so it sends
// their signals to the process, and by the timer's id they find the fiber.
#pragma once

#include <csignal>
#include <sys/types.h>

namespace unblock::thread_timers {

/// The kernel's timer `id` is for the fiber `tid`. False if there is no memory for it.
[[nodiscard]] bool add(int id, pid_t tid) noexcept;

/// It is no more, if it was one.
void remove(int id) noexcept;

/// For whom a signal is that came to the process: a fiber's tid, or 0: for the process. Any kernel thread.
[[nodiscard]] pid_t target(const siginfo_t& info) noexcept;

/// In a fork's child there are none: fork(2).
void forget() noexcept;

}  // namespace unblock::thread_timers
