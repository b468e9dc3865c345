// Scheduling of fibers, as far as it can be told.
#include "scheduling_calls.h"

#include <cerrno>

#include "kernel.h"
#include "user.h"

namespace unblock::calls {

namespace {

// Whether a call about `tid` is about a fiber other than the main one, which the kernel does not know.
bool is_fiber(const Fiber& fiber, pid_t tid) noexcept {
  const Fiber* target = tid == 0 ? &fiber : fibers::find(tid);
  return target && !target->main;
}

// The kernel's answer for a fiber is that for the calling kernel thread.
pid_t for_kernel(const Fiber& fiber, pid_t tid) noexcept { return is_fiber(fiber, tid) ? 0 : tid; }

long check(int policy, const sched_param* parameters) noexcept {
  sched_param given;
  if (!user::copy(&given, parameters, sizeof given)) return -EFAULT;
  const long lowest = kernel::call(SYS_sched_get_priority_min, policy);
  const long highest = kernel::call(SYS_sched_get_priority_max, policy);
  if (lowest < 0) return lowest;
  return given.sched_priority < lowest || given.sched_priority > highest ? -EINVAL : 0;
}

}  // namespace

long sched_getaffinity(Fiber& fiber, pid_t tid, std::size_t size, unsigned long* mask) noexcept {
  return kernel::call(SYS_sched_getaffinity, for_kernel(fiber, tid), size, mask);
}

long sched_setaffinity(Fiber& fiber, pid_t tid, std::size_t size, const unsigned long* mask) noexcept {
  if (!is_fiber(fiber, tid)) return kernel::call(SYS_sched_setaffinity, tid, size, mask);
  unsigned long allowed[128] = {};
  const long known = kernel::call(SYS_sched_getaffinity, 0, sizeof allowed, allowed);
  unsigned long common = 0;
  for (std::size_t i = 0; i < size / sizeof(long) && static_cast<long>(i * sizeof(long)) < known; ++i) {
    unsigned long word;
    if (!user::load(mask + i, word)) return -EFAULT;
    common |= word & allowed[i];
  }
  return common ? 0 : -EINVAL;
}

long sched_getparam(Fiber& fiber, pid_t tid, sched_param* parameters) noexcept {
  return kernel::call(SYS_sched_getparam, for_kernel(fiber, tid), parameters);
}

long sched_setparam(Fiber& fiber, pid_t tid, const sched_param* parameters) noexcept {
  if (!is_fiber(fiber, tid)) return kernel::call(SYS_sched_setparam, tid, parameters);
  return check(static_cast<int>(kernel::call(SYS_sched_getscheduler, 0)), parameters);
}

long sched_getscheduler(Fiber& fiber, pid_t tid) noexcept {
  return kernel::call(SYS_sched_getscheduler, for_kernel(fiber, tid));
}

long sched_setscheduler(Fiber& fiber, pid_t tid, int policy, const sched_param* parameters) noexcept {
  if (!is_fiber(fiber, tid)) return kernel::call(SYS_sched_setscheduler, tid, policy, parameters);
  return check(policy & ~SCHED_RESET_ON_FORK, parameters);
}

long sched_rr_get_interval(Fiber& fiber, pid_t tid, timespec* interval) noexcept {
  return kernel::call(SYS_sched_rr_get_interval, for_kernel(fiber, tid), interval);
}

long getpriority(Fiber& fiber, int which, int who) noexcept {
  return kernel::call(SYS_getpriority, which, which == PRIO_PROCESS ? for_kernel(fiber, who) : who);
}

long setpriority(Fiber& fiber, int which, int who, int priority) noexcept {
  if (which != PRIO_PROCESS || !is_fiber(fiber, who))
    return kernel::call(SYS_setpriority, which, who, priority);
  return 0;
}

}  // namespace unblock::calls
