// poll and ppoll.
#include "arguments.h"
#include "handlers.h"
#include "in_place.h"
#include "poll_wait.h"
#include "scratch.h"
#include "timeouts.h"
#include "user.h"
#include "waiting.h"

namespace unblock::calls {

namespace {

constexpr short reading = POLLIN | POLLRDNORM;
constexpr short writing = POLLOUT | POLLWRNORM;

// Makes waiters of poll's entries. -EFAULT, -ENOMEM, or -ENOTSUP if some ask for what the loop cannot see
// (urgent data, or a hang-up alone).
long make_waiters(Fiber& fiber, const pollfd* entries, nfds_t count, IoWaiter*& waiters) noexcept {
  waiters = static_cast<IoWaiter*>(scratch(fiber, count * sizeof(IoWaiter) + 1));
  if (!waiters) return -ENOMEM;
  for (nfds_t i = 0; i < count; ++i) {
    pollfd entry;
    if (!user::copy(&entry, entries + i, sizeof entry)) return -EFAULT;
    IoWaiter& waiter = *new (waiters + i) IoWaiter;
    waiter.follows = false;
    waiter.fd = entry.fd;
    if (entry.events & reading) waiter.events |= Readable;
    if (entry.events & writing) waiter.events |= Writable;
    if (entry.fd >= 0 && !waiter.events) return -ENOTSUP;
  }
  return 0;
}

long poll_until(Fiber& fiber, pollfd* entries, nfds_t count, Nanoseconds deadline) noexcept {
  const auto look = [&] { return kernel::call(SYS_poll, entries, count, 0); };
  const auto in_kernel = [&](const timespec* left) {
    return in_place::sleeping(fiber, SYS_ppoll, Words(entries, count, left, nullptr, 0).words);
  };
  if (const long ready = look()) return ready;
  IoWaiter* waiters;
  const long error = make_waiters(fiber, entries, count, waiters);
  if (error == -ENOTSUP) return wait_in_kernel(fiber, deadline, in_kernel);
  if (error) return error;
  return wait_and_look(fiber, waiters, static_cast<unsigned>(count), deadline, look);
}

}  // namespace

long poll(Fiber& fiber, pollfd* entries, nfds_t count, int milliseconds) noexcept {
  if (milliseconds == 0) return kernel::call(SYS_poll, entries, count, 0);
  return poll_until(fiber, entries, count, timeouts::from_milliseconds(fiber, milliseconds));
}

long ppoll(Fiber& fiber, pollfd* entries, nfds_t count, timespec* timeout, const SignalSet* mask, std::size_t size) noexcept {
  Nanoseconds deadline;
  if (const long error = timeouts::from_user(fiber, timeout, CLOCK_MONOTONIC, true, deadline)) return error;
  TemporaryMask temporary(fiber, mask, size);
  if (temporary.error()) return temporary.error();
  const long result = temporary.over(poll_until(fiber, entries, count, deadline));
  report_left(timeout, deadline);
  return result;
}

}  // namespace unblock::calls
