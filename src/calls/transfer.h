// Moving bytes without stopping the others: try, and wait for the descriptor if that would have waited.
#pragma once

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>

#include "descriptors/descriptor_table.h"
#include "fibers/fiber.h"
#include "fibers/turns.h"
#include "kernel.h"
#include "waits/bulk.h"
#include "waits/timeouts.h"
#include "waits/waiting.h"

namespace unblock::calls {

/// One wait of a transfer on `fd`, which said -EAGAIN. Returns 0 to try again, else what the call returns:
/// -EAGAIN if the program wants no waiting or the socket's timeout has passed, a restart code or -EINTR.
class Patience {
 public:
  /// `events`: Readiness; `option`: SO_RCVTIMEO or SO_SNDTIMEO.
  Patience(Fiber& fiber, int fd, unsigned events, int option, bool exclusive = false) noexcept
      : fiber_(fiber), given_(fd), fd_(fd), events_(events), option_(option), exclusive_(exclusive) {}
  ~Patience() {
    if (fd_ != given_) descriptors::leave_refuge(fd_);
  }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

  [[nodiscard]] long wait() noexcept {
    if (!asked_) {
      asked_ = true;
      if (!descriptors::blocking(fd_)) return -EAGAIN;
      deadline_ = timeouts::after(fiber_, descriptors::socket_timeout(fd_, option_));
    }
    const long result = waiting::for_descriptor(fiber_, fd_, events_, deadline_, exclusive_);
    if (result == -ETIMEDOUT) return -EAGAIN;
    // What came before the signal is the call's: the kernel, too, looks for data first. Not so for room.
    if (result == -EINTR && events_ == Readable && descriptors::ready(fd_, POLLIN)) return 0;
    // socket(7): with a timeout set, SA_RESTART does not help.
    if (result == -EINTR) return deadline_ == never ? waiting::restart_if_asked : -EINTR;
    return result;
  }

  /// The descriptor to use: changes if the program's was closed during a wait.
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  Fiber& fiber_;
  int given_;
  int fd_;
  unsigned events_;
  int option_;
  bool exclusive_;
  bool asked_ = false;
  Nanoseconds deadline_ = never;
};

/// Whether `fd` is a socket that was shut down for reading: shutdown(2).
[[nodiscard]] inline bool is_shut_down(int fd) noexcept {
  constexpr short peer_closed = 0x2000;  // POLLRDHUP
  pollfd entry{fd, peer_closed, 0};
  return kernel::call(SYS_poll, &entry, 1, 0) == 1 && (entry.revents & peer_closed);
}

/// Whether a read or write of `fd` is for bulk::move().
[[nodiscard]] inline bool in_bulk(const Fiber& fiber, int fd) noexcept {
  if (!bulk::flows(fiber)) [[likely]]
    return false;
  const auto kind = descriptors::kind(fd);
  return (kind == descriptors::Kind::Socket || kind == descriptors::Kind::Stream) &&
         !descriptors::never_waits(fd);
}

/// Repeats `attempt(fd)` until it gives anything but -EAGAIN, waiting in between, and before if
/// `waits_first`.
template <class Attempt>
long patiently(Fiber& fiber, int fd, unsigned events, int option, Attempt&& attempt,
               bool waits_first = false) noexcept {
  long result = waits_first ? -EAGAIN : attempt(fd);
  if (result != -EAGAIN) [[likely]]
    return result;
  Patience patience(fiber, fd, events, option);
  do {
    if (const long error = patience.wait()) return error;
    result = attempt(patience.fd());
    // A datagram socket that was shut down is ready all the time. The kernel ends a wait for it with nothing
    // read, yet says EAGAIN to those who do not wait.
    if (result == -EAGAIN && events == Readable && is_shut_down(patience.fd())) return 0;
  } while (result == -EAGAIN);
  return result;
}

/// A read of at most `size` bytes by `attempt(fd)`, which asks first only where that is likely to be of use.
template <class Attempt>
long read_patiently(Fiber& fiber, int fd, std::size_t size, Attempt&& attempt) noexcept {
  const bool waits_first = descriptors::waits_first(fd);
  bool probe = !waits_first;
  const auto noted = [&](int at) {
    const long result = attempt(at);
    waiting::note_read(fiber, at, result, size);
    if (probe) descriptors::note_probe(fd, result != -EAGAIN);
    probe = false;
    return result;
  };
  const long result = patiently(fiber, fd, Readable, SO_RCVTIMEO, noted, waits_first);
  descriptors::note_read(fd, result, size);
  bulk::note(fiber, result);
  if (result > 0) turns::found(fiber, fd);
  return result;
}

}  // namespace unblock::calls
