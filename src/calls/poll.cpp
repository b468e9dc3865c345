// poll and ppoll.
#include "descriptors/descriptors.h"
#include "descriptors/polled.h"
#include "handlers.h"
#include "kernel.h"
#include "poll_wait.h"
#include "runtime_limits.h"
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

// A call's entries, and who waits for them.
struct Polled {
  pollfd* entries;
  nfds_t count;
  IoWaiter* waiters = nullptr;
  bool plain = true;  // what the loop reports of them is all that can be asked
};

[[nodiscard]] bool load(const pollfd* entry, pollfd& loaded) noexcept {
  return user::copy_words(&loaded, entry, sizeof loaded);
}

// Makes waiters of poll's entries. 0, -EFAULT, -ENOMEM.
long make_waiters(Fiber& fiber, Polled& polled) noexcept {
  constexpr short plain = POLLIN | POLLOUT | POLLPRI;
  polled.waiters = static_cast<IoWaiter*>(scratch(fiber, polled.count * sizeof(IoWaiter) + 1));
  if (!polled.waiters) return -ENOMEM;
  for (nfds_t i = 0; i < polled.count; ++i) {
    pollfd entry;
    if (!load(polled.entries + i, entry)) return -EFAULT;
    IoWaiter& waiter = *new (polled.waiters + i) IoWaiter;
    waiter.fd = entry.fd;
    waiter.events = readiness(entry.events);
    polled.plain = polled.plain && !(entry.events & ~plain);
  }
  return 0;
}

// Whether it is to be guessed if there is something: of few, and not of whether there is room, as there mostly is.
bool guesses(const Polled& polled) noexcept {
  if (polled.count > limits::few_polled) return false;
  for (nfds_t i = 0; i < polled.count; ++i) {
    pollfd entry;
    if (!load(polled.entries + i, entry) || entry.events & POLLOUT) return false;
  }
  return true;
}

// Whether to wait without having asked, as after a poll that asked in vain.
bool waits_first(const Polled& polled) noexcept {
  bool some = false;
  for (nfds_t i = 0; i < polled.count; ++i) {
    pollfd entry;
    if (!load(polled.entries + i, entry)) return false;
    if (entry.fd < 0) continue;
    if (!descriptors::polled_in_vain(entry.fd)) return false;
    some = true;
  }
  return some;
}

// Notes what the kernel said at first.
void note(const Polled& polled, bool found, bool guessed) noexcept {
  for (nfds_t i = 0; i < polled.count && polled.count <= limits::few_polled; ++i) {
    pollfd entry;
    if (!load(polled.entries + i, entry)) return;
    if (guessed) descriptors::note_poll(entry.fd, found);
    if (entry.revents & POLLIN) descriptors::note_readable(entry.fd);
  }
}

// Whether what the waiters were told of is what the kernel would say: nothing but data and room, and of
// descriptors that no other process reads from.
bool told_all(const Polled& polled) noexcept {
  if (!polled.plain) return false;
  bool some = false;
  for (const IoWaiter* waiter = polled.waiters; waiter < polled.waiters + polled.count; ++waiter) {
    if (!waiter->told) continue;
    if ((waiter->told & ~(Readable | Writable)) || !descriptors::is_private(waiter->fd)) return false;
    some = true;
  }
  return some;
}

// Says so. How many entries are ready, or -EFAULT.
long tell(const Polled& polled) noexcept {
  long ready = 0;
  for (nfds_t i = 0; i < polled.count; ++i) {
    const unsigned told = polled.waiters[i].told;
    const int found = (told & Readable ? POLLIN : 0) | (told & Writable ? POLLOUT : 0);
    if (!user::store(&polled.entries[i].revents, static_cast<short>(found))) return -EFAULT;
    if (told & Readable) descriptors::note_readable(polled.waiters[i].fd);
    ready += told != 0;
  }
  return ready;
}

long poll_until(Fiber& fiber, pollfd* entries, nfds_t count, Nanoseconds deadline) noexcept {
  Polled polled{entries, count};
  const auto look = [&] { return kernel::call(SYS_poll, entries, count, 0); };
  waiting::let_newborns_begin(fiber);
  const bool guessed = guesses(polled);
  if (!guessed || !waits_first(polled)) {
    const long ready = look();
    if (ready >= 0) note(polled, ready > 0, guessed);
    if (ready) return ready;
  }
  if (const long error = make_waiters(fiber, polled)) return error;
  return wait_for_numbers(fiber, polled.waiters, static_cast<unsigned>(count), deadline,
                          [&] { return told_all(polled) ? tell(polled) : look(); });
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
