// Timers of siblings: the process' own is set to the soonest.
#include "signals/alarms.h"

#include <algorithm>
#include <sys/time.h>

#include "kernel.h"
#include "lock.h"
#include "siblings/slices.h"
#include "signals/signals.h"

namespace unblock::alarms {

namespace {

constinit Lock lock;
constinit Sibling* first = nullptr;  // of those that are set, by next_alarm

timeval to_timeval(Nanoseconds time) noexcept { return {time / second, time % second / 1000}; }

Timer set_in_kernel(Timer timer) noexcept {
  const itimerval wanted{to_timeval(timer.interval), to_timeval(timer.left)};
  itimerval before{};
  kernel::call(SYS_setitimer, ITIMER_REAL, &wanted, &before);
  const auto from = [](const timeval& time) { return time.tv_sec * second + time.tv_usec * 1000; };
  return {from(before.it_value), from(before.it_interval)};
}

// The process' timer rings for the soonest. A microsecond late rather than early.
void set_soonest() noexcept {
  Nanoseconds soonest = never;
  for (const Sibling* sibling = first; sibling; sibling = sibling->next_alarm)
    soonest = std::min(soonest, sibling->rings_at);
  set_in_kernel({soonest == never ? 0 : std::max<Nanoseconds>(1000, soonest - clock_time::now() + 999), 0});
}

Timer stand(const Sibling& sibling) noexcept {
  if (sibling.rings_at == 0) return {};
  return {std::max<Nanoseconds>(1000, sibling.rings_at - clock_time::now()), sibling.alarm_interval};
}

void unlink(Sibling& sibling) noexcept {
  if (sibling.rings_at == 0) return;
  sibling.rings_at = 0;
  Sibling** place = &first;
  while (*place != &sibling) place = &(*place)->next_alarm;
  *place = sibling.next_alarm;
}

void link(Sibling& sibling, Timer timer) noexcept {
  sibling.rings_at = clock_time::after(clock_time::now(), timer.left);
  sibling.alarm_interval = timer.interval;
  sibling.next_alarm = first;
  first = &sibling;
}

}  // namespace

Timer get(const Fiber& fiber) noexcept {
  Guard guard(lock);
  return stand(*fiber.sibling);
}

Timer set(Fiber& fiber, Timer timer) noexcept {
  Guard guard(lock);
  const Timer before = stand(*fiber.sibling);
  if (!before.left && !timer.left) return before;
  unlink(*fiber.sibling);
  if (timer.left) link(*fiber.sibling, timer);
  set_soonest();
  return before;
}

void adopt(Fiber& fiber) noexcept {
  if (const Timer timer = set_in_kernel({}); timer.left) set(fiber, timer);
}

void inherit(Fiber& heir, Fiber& former) noexcept {
  if (!former.sibling->rings_at) return;
  const Timer timer = set(former, {});
  if (!heir.sibling->rings_at) set(heir, timer);
}

void forget(Fiber& fiber) noexcept {
  if (fiber.sibling->rings_at) set(fiber, {});
}

void forget_all() noexcept {
  lock.reset();
  first = nullptr;
}

bool rang(const siginfo_t& info) noexcept {
  if (info.si_signo != SIGALRM || info.si_code != SI_KERNEL) return false;
  Guard guard(lock);
  if (!first) return false;
  const Nanoseconds now = clock_time::now();
  for (Sibling *sibling = first, *next; sibling; sibling = next) {
    next = sibling->next_alarm;
    if (sibling->rings_at > now) continue;
    unlink(*sibling);
    if (sibling->alarm_interval) link(*sibling, {sibling->alarm_interval, sibling->alarm_interval});
    signals::post(*sibling->fiber, info);
  }
  set_soonest();
  return true;
}

void expose(const Fiber& fiber) noexcept {
  if (!fiber.sibling) return;
  Guard guard(lock);
  if (first) set_in_kernel(stand(*fiber.sibling));
}

void hide() noexcept {
  Guard guard(lock);
  if (first) set_soonest();
}

}  // namespace unblock::alarms
