// alarm and the real-time interval timer: each sibling has its own, all else shares the process'.
#include <cerrno>
#include <sys/time.h>

#include "handlers.h"
#include "kernel.h"
#include "signals/alarms.h"
#include "user.h"

namespace unblock::calls {

namespace {

bool valid(const timeval& time) noexcept {
  return time.tv_sec >= 0 && time.tv_usec >= 0 && time.tv_usec < 1'000'000;
}

Nanoseconds from(const timeval& time) noexcept {
  return time.tv_sec >= never / second ? never : time.tv_sec * second + time.tv_usec * 1000;
}

bool report(const alarms::Timer& timer, itimerval* to) noexcept {
  const auto make = [](Nanoseconds time) { return timeval{time / second, time % second / 1000}; };
  const itimerval value{make(timer.interval), make(timer.left)};
  return user::copy(to, &value, sizeof value);
}

}  // namespace

long alarm(Fiber& fiber, unsigned seconds) noexcept {
  if (!fiber.sibling) return kernel::call(SYS_alarm, seconds);
  const Nanoseconds left = alarms::set(fiber, {seconds * second, 0}).left;
  // To the nearest second, but one that is pending is never none: the kernel's alarm_setitimer().
  return left == 0 ? 0 : left < second ? 1 : (left + second / 2) / second;
}

long setitimer(Fiber& fiber, int which, const itimerval* wanted, itimerval* old) noexcept {
  if (!fiber.sibling || which != ITIMER_REAL) return kernel::call(SYS_setitimer, which, wanted, old);
  itimerval given{};
  if (wanted && !user::copy(&given, wanted, sizeof given)) return -EFAULT;
  if (!valid(given.it_value) || !valid(given.it_interval)) return -EINVAL;
  const alarms::Timer before = alarms::set(fiber, {from(given.it_value), from(given.it_interval)});
  return !old || report(before, old) ? 0 : -EFAULT;
}

long getitimer(Fiber& fiber, int which, itimerval* value) noexcept {
  if (!fiber.sibling || which != ITIMER_REAL) return kernel::call(SYS_getitimer, which, value);
  return report(alarms::get(fiber), value) ? 0 : -EFAULT;
}

}  // namespace unblock::calls
