// Whose turn it is.
#include "fibers/turns.h"

#include "fibers/carrier.h"
#include "fibers/processor.h"
#include "fibers/scheduler.h"
#include "siblings/slices.h"

namespace unblock::turns {

void found(Fiber& fiber) noexcept {
  const bool alone = fiber.carrier->claim.load(std::memory_order_relaxed) == Claim::None;
  Processor& home = *fiber.home;
  const bool over = alone ? !home.sleeping.load(std::memory_order_relaxed) : home.turn_is_over();
  if (over && !slices::stays(fiber)) [[unlikely]]
    scheduler::let_others(fiber);
}

}  // namespace unblock::turns
