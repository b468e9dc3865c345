// Timeouts as programs give them, made into deadlines.
#pragma once

#include <ctime>

#include "clock.h"
#include "fibers/fiber.h"

namespace unblock::timeouts {

/// Reads `timeout`, which may be null (never) or no good, and sets `deadline`. `relative`: an interval from
/// now, else a time of `clock`. A call that goes on after a signal keeps the deadline it had. Returns 0,
/// -EFAULT or -EINVAL.
[[nodiscard]] long from_user(Fiber& fiber, const timespec* timeout, clockid_t clock, bool relative,
                             Nanoseconds& deadline) noexcept;

/// A poll's milliseconds: negative means never.
[[nodiscard]] Nanoseconds from_milliseconds(Fiber& fiber, int milliseconds) noexcept;

/// The same, for calls whose time the kernel keeps, and which mostly end before it: by a clock that takes a
/// fifth as long to read, so up to a tick later, for what may go on after a signal.
[[nodiscard]] Nanoseconds roughly(Fiber& fiber, int milliseconds) noexcept;

/// A deadline `interval` from now; that of the call which goes on, if it does.
[[nodiscard]] Nanoseconds after(Fiber& fiber, Nanoseconds interval) noexcept;

/// A time of `clock` as one of CLOCK_MONOTONIC, as far as both are known now.
[[nodiscard]] Nanoseconds to_monotonic(Nanoseconds time, clockid_t clock) noexcept;

}  // namespace unblock::timeouts
