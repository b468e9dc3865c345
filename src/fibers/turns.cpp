// Whose turn it is.
#include "fibers/turns.h"

#include "fibers/carrier.h"
#include "fibers/processor.h"
#include "fibers/scheduler.h"
#include "siblings/siblings.h"

namespace unblock::turns {

namespace {

bool may_leave(const Fiber& fiber, int fd) noexcept {
  return !fiber.sibling || (!slices::stays(fiber) && !siblings::share(fd));
}

}  // namespace

void found(Fiber& fiber, int fd) noexcept {
  const bool alone = fiber.carrier->alone();
  Processor& home = *fiber.home;
  const bool over = alone ? !home.sleeping.load(std::memory_order_relaxed) : home.turn_is_over();
  if (over && may_leave(fiber, fd)) [[unlikely]]
    scheduler::let_others(fiber);
}

}  // namespace unblock::turns
