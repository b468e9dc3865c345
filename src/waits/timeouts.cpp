// Timeouts made into deadlines.
#include "waits/timeouts.h"

#include <cerrno>
#include <utility>

#include "user.h"

namespace unblock::timeouts {

Nanoseconds after(Fiber& fiber, Nanoseconds interval) noexcept {
  if (const Nanoseconds kept = std::exchange(fiber.restart_deadline, 0)) return kept;
  return interval == never ? never : clock_time::after(clock_time::now(), interval);
}

Nanoseconds from_milliseconds(Fiber& fiber, int milliseconds) noexcept {
  return after(fiber, milliseconds < 0 ? never : milliseconds * (second / 1000));
}

Nanoseconds roughly(Fiber& fiber, int milliseconds) noexcept {
  constexpr Nanoseconds longest_tick = second / 100;
  if (const Nanoseconds kept = std::exchange(fiber.restart_deadline, 0)) return kept;
  if (milliseconds < 0) return never;
  return clock_time::now(CLOCK_MONOTONIC_COARSE) + longest_tick + milliseconds * (second / 1000);
}

Nanoseconds to_monotonic(Nanoseconds time, clockid_t clock) noexcept {
  if (clock == CLOCK_MONOTONIC || time == never) return time;
  const Nanoseconds left = time - clock_time::now(clock);
  return left <= 0 ? 1 : clock_time::after(clock_time::now(), left);
}

long from_user(Fiber& fiber, const timespec* timeout, clockid_t clock, bool relative,
               Nanoseconds& deadline) noexcept {
  deadline = never;
  if (!timeout) return 0;
  timespec given;
  if (!user::copy(&given, timeout, sizeof given)) return -EFAULT;
  if (!clock_time::valid(given)) return -EINVAL;
  const Nanoseconds time = clock_time::from(given);
  deadline = relative ? after(fiber, time) : to_monotonic(time, clock);
  return 0;
}

}  // namespace unblock::timeouts
