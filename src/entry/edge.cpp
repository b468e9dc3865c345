// Signals at the runtime's edge.
#include "entry/edge.h"

#include <cerrno>
#include <cstring>
#include <gnu/libc-version.h>
#include <pthread.h>
#include <utility>

#include "siblings/siblings.h"

namespace unblock::edge::detail {

namespace {

signals::Delivery handle_signals(Fiber& fiber, const Frame* frame, long result) {
  if (!fiber.signals.attention.load(std::memory_order_relaxed)) return {};
  const siblings::Away away(fiber);
  const signals::FoundCall call{frame, is_restart_code(result) ? -EINTR : result,
                                result == waiting::restart_if_asked};
  return signals::deliver(fiber, nullptr, &call);
}

// Before 2.41 libc cancels in the middle of a call whatever that has done by then.
bool cancelled_whatever_was_done() noexcept { return strverscmp(gnu_get_libc_version(), "2.41") < 0; }

// In libc's own cancellation points the handler of its signal does this. The mark stays: a cancellation that
// comes after this look is to interrupt the call again.
void look_whether_cancelled(Fiber& fiber, bool nothing_done) {
  if (!fiber.cancelled.load(std::memory_order_relaxed) || !fiber.cancellable.load(std::memory_order_relaxed))
    return;
  if (!nothing_done && !cancelled_whatever_was_done()) return;
  const auto in_runtime = std::exchange(fiber.in_runtime, std::uint8_t{0});
  pthread_testcancel();
  fiber.in_runtime = in_runtime;
}

}  // namespace

bool settle(Fiber& fiber, long& result, const Frame* frame) {
  const bool in_runtime = is_restart_code(result);  // still
  if (result == waiting::past_limit) result = -ETIMEDOUT;
  const bool interrupted = is_restart_code(result);
  const bool cut_short = std::exchange(fiber.cut_short, false);
  siblings::interrupted(fiber);
  // Handlers make calls of their own, and may never come back.
  const Nanoseconds deadline = std::exchange(fiber.restart_deadline, 0);
  const signals::Delivery delivery = handle_signals(fiber, frame, result);
  if (interrupted || cut_short) look_whether_cancelled(fiber, interrupted || result == -EINTR);
  // Woken for a signal that needed no handler: the temporary mask stays until the call has ended.
  const bool goes_on =
      interrupted && (!delivery.handled || (result == waiting::restart_if_asked && delivery.restart));
  if (goes_on) {
    siblings::interrupted(fiber);  // somebody may have come home during the handler
    fiber.restart_deadline = deadline;
  } else {
    if (interrupted) result = -EINTR;
    signals::end_temporary_mask(fiber);
  }
  if (in_runtime && !goes_on) {
    leave_runtime(fiber);
    static_cast<void>(handle_signals(fiber, frame, result));  // what came meanwhile was put off
  }
  return goes_on;
}

}  // namespace unblock::edge::detail
