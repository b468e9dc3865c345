// Who runs beside an event loop.
#include "waits/lone_loop.h"

#include "entry/in_place.h"
#include "fibers/carrier.h"
#include "fibers/processor.h"
#include "waits/own_thread.h"

namespace unblock::lone_loop {

bool waits_in_kernel(Fiber& fiber) noexcept {
  const bool has_processor = !fiber.carrier->alone();
  const auto tick = static_cast<std::uint16_t>(fiber.home->tick.load(std::memory_order_relaxed));
  const auto run_since = static_cast<std::uint16_t>(tick - fiber.tick_at_wait);
  fiber.tick_at_wait = tick;
  const bool alone = run_since <= (has_processor ? 1 : 0);  // it was itself picked, after its last wait
  if (!alone)
    fiber.lone_waits = 0;
  else if (fiber.lone_waits < limits::lone_waits)
    ++fiber.lone_waits;
  return (fiber.lone_waits == limits::lone_waits && in_place::may_sleep(fiber)) || own_thread::suits(fiber);
}

}  // namespace unblock::lone_loop
