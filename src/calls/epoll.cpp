// epoll_wait and its relatives: an epoll descriptor is readable when it has events.
#include <algorithm>
#include <climits>
#include <cstdint>

#include "arguments.h"
#include "descriptors/descriptors.h"
#include "entry/in_place.h"
#include "handlers.h"
#include "kernel.h"
#include "poll_wait.h"
#include "user.h"
#include "waits/lone_loop.h"
#include "waits/own_thread.h"
#include "waits/timeouts.h"

namespace unblock::calls {

namespace {

// Whether to wait without having asked, as after one that asked in vain: a loop with little to do. Arguments
// that the kernel refuses are for it to say so.
bool waits_first(int epfd, const epoll_event* events, int count, Nanoseconds deadline) noexcept {
  constexpr int most_events = INT_MAX / sizeof(epoll_event);  // EP_MAX_EVENTS, fs/eventpoll.c
  return count > 0 && count <= most_events && !user::may_be_beyond(reinterpret_cast<std::uintptr_t>(events)) &&
         deadline > clock_time::now() && descriptors::asks_in_vain(epfd);
}

long wait_until(Fiber& fiber, int epfd, epoll_event* events, int count, Nanoseconds deadline) noexcept {
  waiting::let_newborns_begin(fiber);
  if (!waits_first(epfd, events, count, deadline)) {
    const long ready = kernel::call(SYS_epoll_wait, epfd, events, count, 0);
    if (ready >= 0) descriptors::note_probe(epfd, ready > 0);
    if (ready) return ready;
    if (deadline <= clock_time::now()) return 0;
  }
  IoWaiter& waiter = fiber.io_waiter;
  waiter.fd = epfd;
  waiter.events = Readable;
  waiter.exclusive = false;
  const long result = wait_and_look(
      fiber, &waiter, 1, deadline, [&] { return kernel::call(SYS_epoll_wait, waiter.fd, events, count, 0); });
  if (waiter.fd != epfd) descriptors::leave_refuge(waiter.fd);
  return result;
}

// What is left until `deadline`, in milliseconds, as epoll_wait takes it.
int milliseconds_until(Nanoseconds deadline) noexcept {
  constexpr Nanoseconds millisecond = second / 1000;
  if (deadline == never) return -1;
  return static_cast<int>(std::max<Nanoseconds>(0, deadline - clock_time::now() + millisecond - 1) /
                          millisecond);
}

long in_kernel(Fiber& fiber, int epfd, epoll_event* events, int count, int milliseconds) noexcept {
  const bool goes_on = fiber.restart_deadline != 0;
  const Nanoseconds deadline = timeouts::roughly(fiber, milliseconds);
  if (goes_on) milliseconds = milliseconds_until(deadline);
  const long result =
      in_place::sleeping(fiber, SYS_epoll_wait, Words(epfd, events, count, milliseconds).words);
  own_thread::keep(fiber);
  if (result != -EINTR && result != waiting::restart_if_asked) return result;
  fiber.restart_deadline = deadline;
  return waiting::restart_unhandled;
}

long wait_for(Fiber& fiber, int epfd, epoll_event* events, int count, int milliseconds) noexcept {
  if (lone_loop::waits_in_kernel(fiber)) return in_kernel(fiber, epfd, events, count, milliseconds);
  return wait_until(fiber, epfd, events, count, timeouts::from_milliseconds(fiber, milliseconds));
}

}  // namespace

long epoll_wait(Fiber& fiber, int epfd, epoll_event* events, int count, int milliseconds) noexcept {
  if (milliseconds == 0) return kernel::call(SYS_epoll_wait, epfd, events, count, 0);
  return wait_for(fiber, epfd, events, count, milliseconds);
}

long epoll_pwait(Fiber& fiber, int epfd, epoll_event* events, int count, int milliseconds,
                 const SignalSet* mask, std::size_t size) noexcept {
  TemporaryMask temporary(fiber, {mask, size});
  if (temporary.error()) return temporary.error();
  return temporary.over(wait_for(fiber, epfd, events, count, milliseconds));
}

long epoll_pwait2(Fiber& fiber, int epfd, epoll_event* events, int count, const timespec* timeout,
                  const SignalSet* mask, std::size_t size) noexcept {
  Nanoseconds deadline;
  if (const long error = timeouts::from_user(fiber, timeout, CLOCK_MONOTONIC, true, deadline)) return error;
  TemporaryMask temporary(fiber, {mask, size});
  if (temporary.error()) return temporary.error();
  return temporary.over(wait_until(fiber, epfd, events, count, deadline));
}

}  // namespace unblock::calls
