// Signals at the runtime's edge.
#include "entry/edge.h"

#include <pthread.h>
#include <utility>

#include "siblings/siblings.h"

namespace unblock::edge::detail {

bool settle(Fiber& fiber, long& result, const Frame* frame) {
  if (result == waiting::past_limit) result = -ETIMEDOUT;
  const bool interrupted = is_restart_code(result);
  const bool cut_short = std::exchange(fiber.cut_short, false);
  siblings::interrupted(fiber);
  // Handlers make calls of their own, and may never come back.
  const Nanoseconds deadline = std::exchange(fiber.restart_deadline, 0);
  signals::Delivery delivery;
  if (fiber.signals.attention.load(std::memory_order_relaxed)) {
    const siblings::Away away(fiber);
    delivery = signals::deliver(fiber, nullptr, frame);
  }
  // In libc's own cancellation points the handler of its signal does this, whatever was done by then.
  if ((interrupted || cut_short) && fiber.cancellable.exchange(false, std::memory_order_relaxed)) {
    pthread_testcancel();
    fiber.cancellable.store(true, std::memory_order_relaxed);
  }
  // Woken for a signal that needed no handler: the temporary mask stays until the call has ended.
  if (interrupted && (!delivery.handled || (result == waiting::restart_if_asked && delivery.restart))) {
    siblings::interrupted(fiber);  // somebody may have come home during the handler
    fiber.restart_deadline = deadline;
    return true;
  }
  if (interrupted) result = -EINTR;
  signals::end_temporary_mask(fiber);
  return false;
}

}  // namespace unblock::edge::detail
