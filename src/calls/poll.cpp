// poll and ppoll.
#include "handlers.h"
#include "kernel.h"
#include "poll_wait.h"
#include "scratch.h"
#include "user.h"
#include "waits/timeouts.h"
#include "waits/waiting.h"

namespace unblock::calls {

namespace {

// What poll's events are to the loop. A hang-up is readable, too, so it counts only where nothing else does.
unsigned readiness(short events) noexcept {
  unsigned wanted = 0;
  if (events & (POLLIN | POLLRDNORM)) wanted |= Readable;
  if (events & (POLLOUT | POLLWRNORM)) wanted |= Writable;
  if (events & POLLPRI) wanted |= Urgent;
  if ((events & POLLRDHUP) && !(wanted & Readable)) wanted |= PeerClosed;
  return wanted ? wanted : static_cast<unsigned>(Failed);
}

// Makes waiters of poll's entries. 0, -EFAULT, -ENOMEM.
long make_waiters(Fiber& fiber, const pollfd* entries, nfds_t count, IoWaiter*& waiters) noexcept {
  waiters = static_cast<IoWaiter*>(scratch(fiber, count * sizeof(IoWaiter) + 1));
  if (!waiters) return -ENOMEM;
  for (nfds_t i = 0; i < count; ++i) {
    pollfd entry;
    if (!user::copy(&entry, entries + i, sizeof entry)) return -EFAULT;
    IoWaiter& waiter = *new (waiters + i) IoWaiter;
    waiter.fd = entry.fd;
    waiter.events = readiness(entry.events);
  }
  return 0;
}

long poll_until(Fiber& fiber, pollfd* entries, nfds_t count, Nanoseconds deadline) noexcept {
  const auto look = [&] { return kernel::call(SYS_poll, entries, count, 0); };
  waiting::let_newborns_begin(fiber);
  if (const long ready = look()) return ready;
  IoWaiter* waiters;
  if (const long error = make_waiters(fiber, entries, count, waiters)) return error;
  return wait_for_numbers(fiber, waiters, static_cast<unsigned>(count), deadline, look);
}

}  // namespace

long poll(Fiber& fiber, pollfd* entries, nfds_t count, int milliseconds) noexcept {
  if (milliseconds == 0) return kernel::call(SYS_poll, entries, count, 0);
  return poll_until(fiber, entries, count, timeouts::from_milliseconds(fiber, milliseconds));
}

long ppoll(Fiber& fiber, pollfd* entries, nfds_t count, timespec* timeout, const SignalSet* mask,
           std::size_t size) noexcept {
  Nanoseconds deadline;
  if (const long error = timeouts::from_user(fiber, timeout, CLOCK_MONOTONIC, true, deadline)) return error;
  TemporaryMask temporary(fiber, {mask, size});
  if (temporary.error()) return temporary.error();
  const long result = temporary.over(poll_until(fiber, entries, count, deadline));
  report_left(timeout, deadline);
  return result;
}

}  // namespace unblock::calls
