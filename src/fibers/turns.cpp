// Whose turn it is.
#include "fibers/turns.h"

#include "fibers/carrier.h"
#include "fibers/processor.h"
#include "fibers/scheduler.h"
#include "siblings/siblings.h"
#include "waits/own_thread.h"

namespace unblock::turns {

namespace {

bool may_leave(const Fiber& fiber, int fd) noexcept {
  return !fiber.sibling || (!slices::stays(fiber) && !siblings::share(fd));
}

// If it comes to nobody but itself, an event loop of the program's own is as lone as before: lone_loop.h.
void give_turn(Fiber& fiber, const Processor& home) noexcept {
  const std::uint64_t before = home.tick.load(std::memory_order_relaxed);
  scheduler::let_others(fiber);
  if (fiber.home == &home && home.tick.load(std::memory_order_relaxed) == before + 1) ++fiber.tick_at_wait;
}

}  // namespace

// Without a processor it goes on beside those that have one, and is a fiber again if they are busy; but not
// one that has a kernel thread of its own, be it for computing or for its events, which it would have to
// leave.
void found(Fiber& fiber, int fd) noexcept {
  if (own_thread::runs_beside(fiber)) return;
  const bool alone = fiber.carrier->alone();
  Processor& home = *fiber.home;
  const bool over = alone ? !home.sleeping.load(std::memory_order_relaxed) : home.turn_is_over();
  if (over && may_leave(fiber, fd)) [[unlikely]]
    give_turn(fiber, home);
}

}  // namespace unblock::turns
