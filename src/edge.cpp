// Signals at the runtime's edge.
#include "edge.h"

#include <pthread.h>

namespace unblock::edge::detail {

bool settle(Fiber& fiber, long& result, const Frame* frame) {
  const bool interrupted = is_restart_code(result);
  signals::Delivery delivery;
  if (fiber.signals.attention.load(std::memory_order_relaxed)) delivery = signals::deliver(fiber, nullptr, frame);
  // In libc's own cancellation points the handler of its signal does this.
  if (interrupted && fiber.cancellable.exchange(false, std::memory_order_relaxed)) {
    pthread_testcancel();
    fiber.cancellable.store(true, std::memory_order_relaxed);
  }
  // Woken for a signal that needed no handler: the temporary mask stays until the call has ended.
  if (interrupted && !delivery.handled) return true;
  if (interrupted && result == waiting::restart_if_asked && delivery.restart) return true;
  if (interrupted) result = -EINTR;
  fiber.restart_deadline = 0;
  signals::end_temporary_mask(fiber);
  return false;
}

}  // namespace unblock::edge::detail
