// Timers that notify by a signal: SIGEV_THREAD_ID and SIGEV_SIGNAL of timer_create(2). The kernel knows no
// fiber, so it sends all their signals to the process, and by the timer's id they find the fiber. As soon as
// it has sent one it counts no further: what is pending with us is counted here.
#pragma once

#include <csignal>
#include <sys/types.h>

namespace unblock::posix_timers {

/// The kernel's timer `id` is for the fiber `tid`, or with 0 for the process. False if there is no memory for
/// it.
[[nodiscard]] bool add(int id, pid_t tid) noexcept;

/// It is no more, if it was one.
void remove(int id) noexcept;

/// It was set anew, and has not sent anything since. What pends of it goes.
void reset(int id) noexcept;

/// For whom a timer's signal is that came to the process: a fiber's tid, 0: the process. Negative: for
/// nobody, the timer is no more. Any kernel thread.
[[nodiscard]] pid_t target(const siginfo_t& info) noexcept;

/// A timer's signal is taken off its queue. Any kernel thread.
void delivered(const siginfo_t& info) noexcept;

/// What timer_getoverrun(2) answers, where the kernel says `counted`.
[[nodiscard]] int overrun(int id, int counted) noexcept;

/// In a fork's child there are none: fork(2).
void forget() noexcept;

}  // namespace unblock::posix_timers
