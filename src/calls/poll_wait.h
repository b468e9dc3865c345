// What poll, select and epoll_wait have in common.
#pragma once

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "clock.h"
#include "descriptors/descriptors.h"
#include "temporary_mask.h"
#include "user.h"
#include "waits/waiting.h"

namespace unblock::calls {

/// Sleeps until one of the waiters may be ready and `look()`, which asks the kernel without waiting, says so.
/// Returns its answer, 0 at `deadline`, or how the call goes on after a signal, which comes second.
template <class Look>
long wait_and_look(Fiber& fiber, IoWaiter* waiters, unsigned count, Nanoseconds deadline,
                   Look&& look) noexcept {
  for (;;) {
    const long woken = waiting::for_descriptors(fiber, waiters, count, deadline);
    if (woken < 0 && woken != -ETIMEDOUT && woken != -EINTR) return woken;
    if (const long ready = look()) return ready;
    if (woken == -EINTR) {
      fiber.restart_deadline = deadline;
      return waiting::restart_unhandled;
    }
    if (woken == -ETIMEDOUT) return 0;
  }
}

/// The same for poll and select, which look at what the numbers stand for by then. An event of a file whose
/// descriptor was closed wakes them, too, once.
template <class Look>
long wait_for_numbers(Fiber& fiber, IoWaiter* waiters, unsigned count, Nanoseconds deadline,
                      Look&& look) noexcept {
  const auto leave_refuges = [=] {
    for (IoWaiter* waiter = waiters; waiter < waiters + count; ++waiter)
      if (std::exchange(waiter->moved, false)) descriptors::leave_refuge(std::exchange(waiter->fd, -1));
  };
  const long result = wait_and_look(fiber, waiters, count, deadline, [&] {
    leave_refuges();
    return look();
  });
  leave_refuges();
  return result;
}

/// Writes the time left to `timeout`, as Linux does; nothing if it is null or cannot be written.
inline void report_left(timespec* timeout, Nanoseconds deadline) noexcept {
  if (!timeout || deadline == never) return;
  const timespec left = clock_time::to_timespec(std::max<Nanoseconds>(0, deadline - clock_time::now()));
  static_cast<void>(user::copy(timeout, &left, sizeof left));
}

}  // namespace unblock::calls
