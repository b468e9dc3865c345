// The run and the heap together.
#include "waits/deadlines.h"

#include "fibers/fiber.h"

namespace unblock {

bool Deadlines::add(Fiber& fiber, Nanoseconds deadline) noexcept {
  fiber.deadline = deadline;
  if (!run_.suits(deadline)) {
    // One that waits for long makes way for those with shorter timeouts.
    if (!heap_.make_room()) return false;
    Fiber& last = *run_.last();
    run_.remove(last.deadline_slot);
    heap_.add(last);
  }
  if (run_.suits(deadline)) return run_.add(fiber);
  if (!heap_.make_room()) return false;
  heap_.add(fiber);
  return true;
}

void Deadlines::remove(Fiber& fiber) noexcept {
  const std::uint32_t slot = fiber.deadline_slot;
  if (slot == 0) return;
  fiber.deadline_slot = 0;
  if (slot & DeadlineRun::mark)
    run_.remove(slot);
  else
    heap_.remove(slot);
}

Fiber* Deadlines::take_expired(Nanoseconds now) noexcept {
  if (soonest() > now || soonest() == never) return nullptr;
  Fiber* fiber = run_.soonest() <= heap_.soonest() ? run_.first() : heap_.first();
  remove(*fiber);
  return fiber;
}

}  // namespace unblock
