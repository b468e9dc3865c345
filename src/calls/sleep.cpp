// Sleeping and yielding.
#include <algorithm>

#include "arguments.h"
#include "entry/in_place.h"
#include "fibers/cpu_time.h"
#include "fibers/scheduler.h"
#include "handlers.h"
#include "user.h"
#include "waits/timeouts.h"
#include "waits/waiting.h"

namespace unblock::calls {

namespace {

long sleep_until(Fiber& fiber, Nanoseconds deadline, timespec* left) noexcept {
  const long result = waiting::until(fiber, deadline);
  if (result != -EINTR) return result == waiting::past_limit ? result : 0;
  const timespec rest = clock_time::to_timespec(std::max<Nanoseconds>(0, deadline - clock_time::now()));
  if (left && !user::copy(left, &rest, sizeof rest)) return -EFAULT;
  fiber.restart_deadline = deadline;
  return waiting::restart_unhandled;
}

// Those clocks whose time passes by itself, so that we can tell when it is reached.
bool runs_by_itself(clockid_t clock) noexcept {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_MONOTONIC:
    case CLOCK_BOOTTIME:
    case CLOCK_TAI: return true;
    default: return false;
  }
}

long sleep_until_time(Fiber& fiber, clockid_t clock, Nanoseconds time) noexcept {
  // Looked at again at the end: the clock may have been set back meanwhile.
  while (clock_time::now(clock) < time) {
    const long result = waiting::until(fiber, timeouts::to_monotonic(time, clock));
    if (result == -EINTR) return waiting::restart_unhandled;
    if (result == waiting::past_limit) return result;
  }
  return 0;
}

// By the clock of another fiber.
long sleep_for_cpu_time(Fiber& fiber, Fiber& timed, int flags, const timespec* time,
                        timespec* left) noexcept {
  timespec given;
  if (!user::copy(&given, time, sizeof given)) return -EFAULT;
  if (!clock_time::valid(given)) return -EINVAL;
  const bool until = flags & TIMER_ABSTIME;
  const Nanoseconds begun = until ? 0 : cpu_time::of(timed);
  const Nanoseconds end = clock_time::after(begun, clock_time::from(given));
  const long result = sleep_until_spent(fiber, timed, end);
  if (result == 0 || until || !left) return result;
  const timespec rest = clock_time::to_timespec(std::max<Nanoseconds>(0, end - cpu_time::of(timed)));
  return user::copy(left, &rest, sizeof rest) ? result : -EFAULT;
}

}  // namespace

long nanosleep(Fiber& fiber, const timespec* interval, timespec* left) noexcept {
  timespec given;
  if (!user::copy(&given, interval, sizeof given)) return -EFAULT;
  if (!clock_time::valid(given)) return -EINVAL;
  return sleep_until(fiber, timeouts::after(fiber, clock_time::from(given)), left);
}

long clock_nanosleep(Fiber& fiber, clockid_t clock, int flags, const timespec* time,
                     timespec* left) noexcept {
  Fiber* const timed = clock == CLOCK_THREAD_CPUTIME_ID ? nullptr : timed_by(fiber, clock);
  if (timed && timed != &fiber) return sleep_for_cpu_time(fiber, *timed, flags, time, left);
  if (!runs_by_itself(clock))
    return in_place::sleeping(fiber, SYS_clock_nanosleep, Words(clock, flags, time, left).words);
  if (!(flags & TIMER_ABSTIME)) return nanosleep(fiber, time, left);
  timespec given;
  if (!user::copy(&given, time, sizeof given)) return -EFAULT;
  if (!clock_time::valid(given)) return -EINVAL;
  return sleep_until_time(fiber, clock, clock_time::from(given));
}

long sched_yield(Fiber& fiber) noexcept {
  return scheduler::yield(fiber) ? in_place::perhaps_short(fiber, SYS_sched_yield) : 0;
}

}  // namespace unblock::calls
