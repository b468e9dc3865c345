// What a program asks and sets of its threads' scheduling.
#pragma once

#include <sched.h>
#include <sys/resource.h>

#include "fibers/fiber.h"

namespace unblock::calls {

// Each as its page in section 2 of the manual. What is set for a fiber is checked as the kernel would, kept,
// and told again; kernel threads are shared, so it changes nothing else. What was not set is the calling
// kernel thread's.
long sched_getaffinity(Fiber& fiber, pid_t tid, std::size_t size, unsigned long* mask) noexcept;
long sched_setaffinity(Fiber& fiber, pid_t tid, std::size_t size, const unsigned long* mask) noexcept;
long sched_getparam(Fiber& fiber, pid_t tid, sched_param* parameters) noexcept;
long sched_setparam(Fiber& fiber, pid_t tid, const sched_param* parameters) noexcept;
long sched_getscheduler(Fiber& fiber, pid_t tid) noexcept;
long sched_setscheduler(Fiber& fiber, pid_t tid, int policy, const sched_param* parameters) noexcept;
long sched_rr_get_interval(Fiber& fiber, pid_t tid, timespec* interval) noexcept;
long getpriority(Fiber& fiber, int which, int who) noexcept;
long setpriority(Fiber& fiber, int which, int who, int priority) noexcept;
long sched_getattr(Fiber& fiber, pid_t tid, void* attributes, unsigned size, unsigned flags) noexcept;
long sched_setattr(Fiber& fiber, pid_t tid, const void* attributes, unsigned flags) noexcept;
long ioprio_get(Fiber& fiber, int which, int who) noexcept;
long ioprio_set(Fiber& fiber, int which, int who, int priority) noexcept;

}  // namespace unblock::calls
