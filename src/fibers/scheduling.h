// What a program has set of a thread's scheduling. Fibers share kernel threads, so it is kept to be told, and
// changes nothing.
#pragma once

#include <cstddef>

#include "runtime_limits.h"

namespace unblock {

struct Fiber;

/// What was set by the calls named; the rest is the kernel thread's.
struct Scheduling {
  bool has_cpus = false;    ///< sched_setaffinity(2)
  bool has_policy = false;  ///< sched_setscheduler(2), sched_setparam(2)
  bool has_nice = false;    ///< setpriority(2)
  bool has_io = false;      ///< ioprio_set(2)
  int policy = 0;           ///< with SCHED_RESET_ON_FORK
  int priority = 0;
  int nice = 0;
  int io = 0;
  unsigned long cpus[limits::cpu_set_words] = {};
};

namespace scheduling {

/// IOPRIO_WHO_PROCESS of ioprio_set(2). Later versions of <linux/ioprio.h> are C only: a parameter there is named
/// `class`.
constexpr int io_of_thread = 1;

/// What is kept of `fiber`, made if need be. Null if there is no memory.
[[nodiscard]] Scheduling* of(Fiber& fiber) noexcept;

/// A new thread has its maker's: sched(7), unless that is reset for children.
void inherit(const Fiber& maker, Fiber& made) noexcept;

/// Sets it of the calling kernel thread: for a fork's child, which is the fiber's own process.
void make_real(const Fiber& fiber) noexcept;

/// For a fiber that ends.
void forget(Fiber& fiber) noexcept;

/// For a fork's child, after make_real(): of all.
void forget_all() noexcept;

}  // namespace scheduling
}  // namespace unblock
