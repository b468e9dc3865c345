// Timers of the process: for whom, and by which clock.
#include "timers.h"

#include <cerrno>

#include "clock.h"
#include "cpu_clocks.h"
#include "entry/outsiders.h"
#include "kernel.h"
#include "signals/pending_limit.h"
#include "signals/posix_timers.h"
#include "user.h"
#include "watchdog/watchdog.h"

namespace unblock::calls {

namespace {

// Whose signals are for the fiber `tid`, or with 0 for the process.
long create(clockid_t clock, sigevent* event, int* timer, pid_t tid) noexcept {
  int id = 0;
  if (pending_limit::reached()) return -EAGAIN;  // it has room for its signal from the beginning
  if (const long error = kernel::call(SYS_timer_create, clock, event, &id)) return error;
  if (posix_timers::add(id, tid)) {
    if (user::copy(timer, &id, sizeof id)) return 0;
    posix_timers::remove(id);
    kernel::call(SYS_timer_delete, id);
    return -EFAULT;
  }
  kernel::call(SYS_timer_delete, id);
  return -EAGAIN;
}

// To one thread, which the kernel does not know: sent to the process instead, and found by the timer's id.
// Where threads that are no fibers might get it, to the watchdog.
long create_for_fiber(clockid_t clock, sigevent& event, int* timer) noexcept {
  const pid_t tid = event._sigev_un._tid;
  event.sigev_notify = outsiders::present() ? SIGEV_THREAD_ID : SIGEV_SIGNAL;
  if (outsiders::present()) event._sigev_un._tid = watchdog::kept_thread();
  return create(clock, &event, timer, tid);
}

bool is_time(const timespec& time) noexcept {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < second;
}

}  // namespace

long timer_create(Fiber& fiber, clockid_t clock, sigevent* event, int* timer) noexcept {
  // The kernel has no clock of a fiber's. The process' is never behind it.
  if (timed_by(fiber, clock)) clock = CLOCK_PROCESS_CPUTIME_ID;
  sigevent copy;
  const bool for_fiber = event && user::copy(&copy, event, sizeof copy) &&
                         copy.sigev_notify == SIGEV_THREAD_ID && fibers::find(copy._sigev_un._tid);
  return for_fiber ? create_for_fiber(clock, copy, timer) : create(clock, event, timer, 0);
}

long timer_settime(Fiber&, int timer, int flags, const itimerspec* wanted, itimerspec* before) noexcept {
  itimerspec copy;
  // Before it is set, or what it sends from then on might go, too.
  if (user::copy(&copy, wanted, sizeof copy) && is_time(copy.it_value) && is_time(copy.it_interval))
    posix_timers::reset(timer);
  return kernel::call(SYS_timer_settime, timer, flags, wanted, before);
}

long timer_getoverrun(Fiber&, int timer) noexcept {
  const long counted = kernel::call(SYS_timer_getoverrun, timer);
  return counted < 0 ? counted : posix_timers::overrun(timer, static_cast<int>(counted));
}

long timer_delete(Fiber&, int timer) noexcept {
  const long result = kernel::call(SYS_timer_delete, timer);
  if (result == 0) posix_timers::remove(timer);
  return result;
}

}  // namespace unblock::calls
