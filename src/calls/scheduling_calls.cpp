// Scheduling of fibers, as far as it can be told.
#include "scheduling_calls.h"

#include <algorithm>
#include <cerrno>
#include <linux/capability.h>

#include "fibers/affinity.h"
#include "fibers/scheduling.h"
#include "kernel.h"
#include "user.h"

namespace unblock::calls {

namespace {

// Whom a call about `tid` is about, if that is a fiber.
Fiber* fiber_of(Fiber& caller, pid_t tid) noexcept { return tid == 0 ? &caller : fibers::find(tid); }

// The kernel's answer for a fiber is that for the calling kernel thread.
pid_t for_kernel(const Fiber* fiber, pid_t tid) noexcept { return fiber ? 0 : tid; }

bool may_set_priorities() noexcept {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
  return kernel::call(SYS_capget, &header, sets) == 0 && (sets[0].effective & 1u << CAP_SYS_NICE);
}

rlim_t soft_limit(int resource) noexcept {
  rlimit limit{};
  kernel::call(SYS_prlimit64, 0, resource, nullptr, &limit);
  return limit.rlim_cur;
}

constexpr bool is_realtime(int policy) noexcept { return policy == SCHED_FIFO || policy == SCHED_RR; }

// As the kernel's: sched_setscheduler(2), and sched(7) on privileges.
long check(int policy, int priority, int priority_now) noexcept {
  const long lowest = kernel::call(SYS_sched_get_priority_min, policy);
  const long highest = kernel::call(SYS_sched_get_priority_max, policy);
  if (lowest < 0) return lowest;
  if (priority < lowest || priority > highest) return -EINVAL;
  if (!is_realtime(policy) || priority <= priority_now || may_set_priorities()) return 0;
  return static_cast<rlim_t>(priority) <= soft_limit(RLIMIT_RTPRIO) ? 0 : -EPERM;
}

int policy_of(const Fiber& fiber) noexcept {
  if (fiber.scheduling && fiber.scheduling->has_policy) return fiber.scheduling->policy;
  return static_cast<int>(kernel::call(SYS_sched_getscheduler, 0));
}

int priority_of(const Fiber& fiber) noexcept {
  if (fiber.scheduling && fiber.scheduling->has_policy) return fiber.scheduling->priority;
  sched_param of_thread{};
  kernel::call(SYS_sched_getparam, 0, &of_thread);
  return of_thread.sched_priority;
}

long keep_policy(Fiber& fiber, int policy, int priority) noexcept {
  if (const long error = check(policy & ~SCHED_RESET_ON_FORK, priority, priority_of(fiber))) return error;
  if (Scheduling* kept = scheduling::of(fiber)) {
    kept->has_policy = true;
    kept->policy = policy;
    kept->priority = priority;
  }
  return 0;
}

long set_policy(Fiber& fiber, int policy, const sched_param* parameters) noexcept {
  sched_param given;
  if (!parameters || policy < 0) return -EINVAL;
  if (!user::copy(&given, parameters, sizeof given)) return -EFAULT;
  return keep_policy(fiber, policy, given.sched_priority);
}

// Nice values as getpriority(2) has them in the kernel: 40 to 1.
long nice_of(const Fiber& fiber) noexcept {
  if (fiber.scheduling && fiber.scheduling->has_nice) return fiber.scheduling->nice;
  return 20 - kernel::call(SYS_getpriority, PRIO_PROCESS, 0);
}

bool may_have(const Fiber& fiber, int nice) noexcept {
  return nice >= nice_of(fiber) || may_set_priorities() ||
         static_cast<rlim_t>(20 - nice) <= soft_limit(RLIMIT_NICE);
}

void keep_nice(Fiber& fiber, int nice) noexcept {
  if (Scheduling* kept = scheduling::of(fiber)) {
    kept->has_nice = true;
    kept->nice = nice;
  }
}

// The first part of the kernel's struct sched_attr: sched_setattr(2).
struct Attributes {
  static constexpr std::uint32_t whole = 48;  // SCHED_ATTR_SIZE_VER0

  std::uint32_t size, policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
};

constexpr std::uint64_t reset_on_fork = 1;    // SCHED_FLAG_RESET_ON_FORK
constexpr std::uint32_t deadline_policy = 6;  // SCHED_DEADLINE

}  // namespace

long sched_getaffinity(Fiber& fiber, pid_t tid, std::size_t size, unsigned long* mask) noexcept {
  const Fiber* target = fiber_of(fiber, tid);
  return target ? affinity::get(*target, size, mask) : kernel::call(SYS_sched_getaffinity, tid, size, mask);
}

long sched_setaffinity(Fiber& fiber, pid_t tid, std::size_t size, const unsigned long* mask) noexcept {
  Fiber* target = fiber_of(fiber, tid);
  return target ? affinity::set(*target, size, mask) : kernel::call(SYS_sched_setaffinity, tid, size, mask);
}

long sched_getparam(Fiber& fiber, pid_t tid, sched_param* parameters) noexcept {
  const Fiber* target = fiber_of(fiber, tid);
  if (!target || !parameters || tid < 0) return kernel::call(SYS_sched_getparam, tid, parameters);
  sched_param known{};
  known.sched_priority = priority_of(*target);
  return user::copy(parameters, &known, sizeof known) ? 0 : -EFAULT;
}

long sched_setparam(Fiber& fiber, pid_t tid, const sched_param* parameters) noexcept {
  Fiber* target = fiber_of(fiber, tid);
  if (!target || tid < 0) return kernel::call(SYS_sched_setparam, tid, parameters);
  return set_policy(*target, policy_of(*target), parameters);
}

long sched_getscheduler(Fiber& fiber, pid_t tid) noexcept {
  const Fiber* target = fiber_of(fiber, tid);
  return target && tid >= 0 ? policy_of(*target) : kernel::call(SYS_sched_getscheduler, tid);
}

long sched_setscheduler(Fiber& fiber, pid_t tid, int policy, const sched_param* parameters) noexcept {
  Fiber* target = fiber_of(fiber, tid);
  if (!target || tid < 0) return kernel::call(SYS_sched_setscheduler, tid, policy, parameters);
  return set_policy(*target, policy, parameters);
}

long sched_rr_get_interval(Fiber& fiber, pid_t tid, timespec* interval) noexcept {
  return kernel::call(SYS_sched_rr_get_interval, for_kernel(fiber_of(fiber, tid), tid), interval);
}

long getpriority(Fiber& fiber, int which, int who) noexcept {
  const Fiber* target = which == PRIO_PROCESS ? fiber_of(fiber, who) : nullptr;
  return target ? 20 - nice_of(*target) : kernel::call(SYS_getpriority, which, who);
}

long setpriority(Fiber& fiber, int which, int who, int priority) noexcept {
  Fiber* target = which == PRIO_PROCESS ? fiber_of(fiber, who) : nullptr;
  if (!target) return kernel::call(SYS_setpriority, which, who, priority);
  const int nice = std::clamp(priority, -20, 19);
  if (!may_have(*target, nice)) return -EACCES;
  keep_nice(*target, nice);
  return 0;
}

long sched_getattr(Fiber& fiber, pid_t tid, void* attributes, unsigned size, unsigned flags) noexcept {
  const Fiber* target = fiber_of(fiber, tid);
  if (!target || tid < 0) return kernel::call(SYS_sched_getattr, tid, attributes, size, flags);
  Attributes known;
  const long result = kernel::call(SYS_sched_getattr, 0, attributes, size, flags);
  if (result < 0 || !user::copy(&known, attributes, sizeof known)) return result;
  const int policy = policy_of(*target);
  known.policy = static_cast<std::uint32_t>(policy & ~SCHED_RESET_ON_FORK);
  known.flags = policy & SCHED_RESET_ON_FORK ? reset_on_fork : 0;
  known.priority = static_cast<std::uint32_t>(priority_of(*target));
  known.nice = is_realtime(static_cast<int>(known.policy)) ? 0 : static_cast<std::int32_t>(nice_of(*target));
  return user::copy(attributes, &known, sizeof known) ? 0 : -EFAULT;
}

long sched_setattr(Fiber& fiber, pid_t tid, const void* attributes, unsigned flags) noexcept {
  Fiber* target = fiber_of(fiber, tid);
  if (!target || tid < 0 || !attributes || flags)
    return kernel::call(SYS_sched_setattr, tid, attributes, flags);
  Attributes given;
  if (!user::copy(&given, attributes, sizeof given)) return -EFAULT;
  if (given.size && given.size < Attributes::whole) return -E2BIG;
  if (given.flags & ~reset_on_fork) return -EINVAL;
  // A share of a CPU is more than a fiber can be promised.
  if (given.policy == deadline_policy) return -EPERM;
  const int policy = static_cast<int>(given.policy), nice = std::clamp(given.nice, -20, 19);
  if (policy < 0) return -EINVAL;
  const bool nice_counts = !is_realtime(policy);
  if (nice_counts && !may_have(*target, nice)) return -EPERM;
  const int with_flag = given.flags ? policy | SCHED_RESET_ON_FORK : policy;
  if (const long error = keep_policy(*target, with_flag, static_cast<int>(given.priority))) return error;
  if (nice_counts) keep_nice(*target, nice);
  return 0;
}

long ioprio_get(Fiber& fiber, int which, int who) noexcept {
  const Fiber* target = which == scheduling::io_of_thread ? fiber_of(fiber, who) : nullptr;
  if (target && target->scheduling && target->scheduling->has_io) return target->scheduling->io;
  return kernel::call(SYS_ioprio_get, which, for_kernel(target, who));
}

long ioprio_set(Fiber& fiber, int which, int who, int priority) noexcept {
  Fiber* target = which == scheduling::io_of_thread ? fiber_of(fiber, who) : nullptr;
  if (!target) return kernel::call(SYS_ioprio_set, which, who, priority);
  // The kernel checks it for this thread, which gets its own back.
  const long before = kernel::call(SYS_ioprio_get, which, 0);
  const long result = kernel::call(SYS_ioprio_set, which, 0, priority);
  if (result < 0) return result;
  if (before >= 0) kernel::call(SYS_ioprio_set, which, 0, before);
  if (Scheduling* kept = scheduling::of(*target)) {
    kept->has_io = true;
    kept->io = priority;
  }
  return result;
}

}  // namespace unblock::calls
