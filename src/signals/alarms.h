// The real-time interval timer, alarm(2) and setitimer(2), of each sibling: the process has one.
#pragma once

#include <csignal>

#include "clock.h"
#include "fibers/fiber.h"

namespace unblock::alarms {

/// A timer, as it is set or as it stands: nanoseconds until it rings next, 0 for never, and from then on.
struct Timer {
  Nanoseconds left = 0;
  Nanoseconds interval = 0;
};

/// Sets the timer of sibling `fiber` and returns how it stood. Any thread; not from signal handlers.
Timer set(Fiber& fiber, Timer timer) noexcept;
[[nodiscard]] Timer get(const Fiber& fiber) noexcept;

/// The process' own, set before there were siblings, is that of `fiber`, the first one.
void adopt(Fiber& fiber) noexcept;
/// `heir` goes on in place of `former`, whose timer is its own unless it has one.
void inherit(Fiber& heir, Fiber& former) noexcept;
/// `fiber` has ended.
void forget(Fiber& fiber) noexcept;
/// In a fork's child: there are none.
void forget_all() noexcept;

/// For a signal from the kernel: if it is of the process' timer, passes it on to whose timer has rung.
[[nodiscard]] bool rang(const siginfo_t& info) noexcept;

/// Makes the process' timer that of `fiber` alone: what a new program inherits; and back.
void expose(const Fiber& fiber) noexcept;
void hide() noexcept;

}  // namespace unblock::alarms
