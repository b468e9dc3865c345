// Waits that the event loop has no means for, by those who must not sleep in the kernel: siblings.
#pragma once

#include <algorithm>
#include <cerrno>

#include "clock.h"
#include "fibers/fiber.h"
#include "runtime_limits.h"
#include "waits/waiting.h"

namespace unblock::calls {

/// Repeats `attempt()` until it gives anything but -EAGAIN, asleep in between. Returns that, or how the call
/// goes on after a signal.
template <class Attempt>
long asking_again(Fiber& fiber, Attempt&& attempt) noexcept {
  Nanoseconds pause = limits::first_ask;
  for (;;) {
    const long woken = waiting::until(fiber, clock_time::after(clock_time::now(), pause));
    if (woken == -EINTR) return waiting::restart_if_asked;
    if (woken == waiting::past_limit) return woken;
    if (const long result = attempt(); result != -EAGAIN) return result;
    pause = std::min(2 * pause, limits::longest_ask);
  }
}

}  // namespace unblock::calls
