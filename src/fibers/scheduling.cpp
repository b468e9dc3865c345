// The records of what was set.
#include "fibers/scheduling.h"

#include <linux/ioprio.h>
#include <new>
#include <sched.h>
#include <sys/resource.h>

#include "fibers/fiber.h"
#include "kernel.h"
#include "lock.h"
#include "memory/memory.h"

namespace unblock::scheduling {

namespace {

union Place {
  Place* next;
  Scheduling value;
  Place() noexcept : next(nullptr) {}
};

constinit Lock lock;
constinit Place* unused = nullptr;  // guarded by lock

Place* take() noexcept {
  Guard guard(lock);
  if (!unused) {
    auto* places = static_cast<Place*>(memory::map(limits::page));
    if (!places) return nullptr;
    for (std::size_t i = 0; i < limits::page / sizeof(Place); ++i) {
      places[i].next = unused;
      unused = &places[i];
    }
  }
  Place* place = unused;
  unused = place->next;
  return place;
}

}  // namespace

Scheduling* of(Fiber& fiber) noexcept {
  if (!fiber.scheduling)
    if (Place* place = take()) fiber.scheduling = new (&place->value) Scheduling;
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
  const Scheduling* kept = fiber.scheduling;
  if (!kept) return;
  const sched_param parameters{kept->priority};
  if (kept->has_cpus) kernel::call(SYS_sched_setaffinity, 0, sizeof kept->cpus, kept->cpus);
  if (kept->has_nice) kernel::call(SYS_setpriority, PRIO_PROCESS, 0, kept->nice);
  if (kept->has_policy) kernel::call(SYS_sched_setscheduler, 0, kept->policy, &parameters);
  if (kept->has_io) kernel::call(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, kept->io);
}

void forget(Fiber& fiber) noexcept {
  if (!fiber.scheduling) return;
  auto* place = reinterpret_cast<Place*>(fiber.scheduling);
  fiber.scheduling = nullptr;
  Guard guard(lock);
  place->next = unused;
  unused = place;
}

}  // namespace unblock::scheduling
