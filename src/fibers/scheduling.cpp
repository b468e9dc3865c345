// The records of what was set.
#include "fibers/scheduling.h"

#include <sched.h>
#include <sys/resource.h>
#include <utility>

#include "fibers/affinity.h"
#include "fibers/fiber.h"
#include "kernel.h"
#include "lock.h"
#include "memory/records.h"

namespace unblock::scheduling {

namespace {

constinit Lock lock;
constinit Records<Scheduling> records;  // guarded by lock

}  // namespace

Scheduling* of(Fiber& fiber) noexcept {
  if (!fiber.scheduling) {
    Guard guard(lock);
    fiber.scheduling = records.take();
  }
  return fiber.scheduling;
}

void inherit(const Fiber& maker, Fiber& made) noexcept {
  if (!maker.scheduling) return;
  Scheduling* copy = of(made);
  if (!copy) return;
  *copy = *maker.scheduling;
  if (!(copy->policy & SCHED_RESET_ON_FORK)) return;
  copy->policy = SCHED_OTHER;
  copy->priority = 0;
  if (copy->nice < 0) copy->nice = 0;
}

void make_real(const Fiber& fiber) noexcept {
  affinity::make_real(fiber);
  const Scheduling* kept = fiber.scheduling;
  if (!kept) return;
  const sched_param parameters{kept->priority};
  if (kept->has_nice) kernel::call(SYS_setpriority, PRIO_PROCESS, 0, kept->nice);
  if (kept->has_policy) kernel::call(SYS_sched_setscheduler, 0, kept->policy, &parameters);
  if (kept->has_io) kernel::call(SYS_ioprio_set, io_of_thread, 0, kept->io);
}

void forget(Fiber& fiber) noexcept {
  if (!fiber.scheduling) return;
  Guard guard(lock);
  records.give_back(std::exchange(fiber.scheduling, nullptr));
}

void forget_all() noexcept {
  affinity::forget();
  lock.reset();
  records.forget();
}

}  // namespace unblock::scheduling
