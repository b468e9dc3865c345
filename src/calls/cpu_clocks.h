// CPU time as a program asks for it.
#pragma once

#include <ctime>
#include <sys/resource.h>

#include "fibers/fiber.h"

namespace unblock::calls {

// Each as its page in section 2 of the manual. The clocks of fibers are ours, all else is the kernel's.
long clock_gettime(Fiber& fiber, clockid_t clock, timespec* time) noexcept;
long clock_getres(Fiber& fiber, clockid_t clock, timespec* resolution) noexcept;
long getrusage(Fiber& fiber, int who, rusage* usage) noexcept;

/// The tid of the thread whose CPU time `clock` shows, 0 for the caller's, or -1: it is no thread's.
[[nodiscard]] pid_t thread_timed_by(clockid_t clock) noexcept;

/// Whose CPU time `clock` shows: a fiber's, or null.
[[nodiscard]] Fiber* timed_by(Fiber& caller, clockid_t clock) noexcept;

/// Sleeps until `timed` has spent `time`, as clock_nanosleep(2) does: 0 or a restart code.
long sleep_until_spent(Fiber& fiber, Fiber& timed, Nanoseconds time) noexcept;

}  // namespace unblock::calls
