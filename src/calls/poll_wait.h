// What poll, select and epoll_wait have in common.
#pragma once

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "clock.h"
#include "temporary_mask.h"
#include "user.h"
#include "waits/waiting.h"

namespace unblock::calls {

/// Sleeps until one of the waiters may be ready and `look()`, which asks the kernel without waiting, says so.
/// Returns its answer, 0 at `deadline`, or how the call goes on after a signal.
template <class Look>
long wait_and_look(Fiber& fiber, IoWaiter* waiters, unsigned count, Nanoseconds deadline,
                   Look&& look) noexcept {
  for (;;) {
    const long woken = waiting::for_descriptors(fiber, waiters, count, deadline);
    if (woken == -EINTR) {
      fiber.restart_deadline = deadline;
      return waiting::restart_unhandled;
    }
    if (woken < 0 && woken != -ETIMEDOUT) return woken;
    if (const long ready = look()) return ready;
    if (woken == -ETIMEDOUT) return 0;
  }
}

/// Writes the time left to `timeout`, as Linux does; nothing if it is null or cannot be written.
inline void report_left(timespec* timeout, Nanoseconds deadline) noexcept {
  if (!timeout || deadline == never) return;
  const timespec left = clock_time::to_timespec(std::max<Nanoseconds>(0, deadline - clock_time::now()));
  static_cast<void>(user::copy(timeout, &left, sizeof left));
}

}  // namespace unblock::calls
