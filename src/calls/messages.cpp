// recv, send and their relatives.
#include <algorithm>
#include <climits>

#include "arguments.h"
#include "entry/in_place.h"
#include "fibers/turns.h"
#include "handlers.h"
#include "kernel.h"
#include "plain_stream.h"
#include "received_descriptors.h"
#include "transfer.h"
#include "user.h"

namespace unblock::calls {

namespace {

using descriptors::Way;

bool is_stream(int fd) noexcept {
  int type = 0;
  socklen_t size = sizeof type;
  return kernel::call(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

// Sums a message's parts; negative where the kernel must say what is wrong with them.
long total(const msghdr& message) noexcept {
  std::size_t sum = 0;
  if (message.msg_iovlen > IOV_MAX) return -1;
  for (std::size_t i = 0; i < message.msg_iovlen; ++i) {
    iovec part;
    if (!user::copy(&part, message.msg_iov + i, sizeof part)) return -1;
    sum += part.iov_len;
    if (sum > static_cast<std::size_t>(LONG_MAX)) return -1;
  }
  return static_cast<long>(sum);
}

// Goes on with a stream's bytes where a call fell short: calls `move(data, size)` for what is left of each
// part until all is moved or a call gives nothing. Returns the bytes moved in all.
template <class Move>
long rest_of(const iovec* parts, std::size_t count, long moved, Move&& move) noexcept {
  long skip = moved;
  for (std::size_t i = 0; i < count; ++i) {
    iovec part;
    if (!user::copy(&part, parts + i, sizeof part)) return moved;
    if (skip >= static_cast<long>(part.iov_len)) {
      skip -= static_cast<long>(part.iov_len);
      continue;
    }
    for (auto done = static_cast<std::size_t>(skip); done < part.iov_len;) {
      const long result = move(static_cast<char*>(part.iov_base) + done, part.iov_len - done);
      if (result <= 0) return moved;
      moved += result;
      done += static_cast<std::size_t>(result);
    }
    skip = 0;
  }
  return moved;
}

// What a receive that did not wait gave.
long noted(Fiber& fiber, int fd, long result) noexcept {
  if (result > 0) turns::found(fiber, fd);
  return result;
}

long receive_once(Fiber& fiber, int fd, void* data, std::size_t size, int flags, sockaddr* address,
                  socklen_t* length) noexcept {
  if (in_bulk(fiber, fd)) [[unlikely]]
    return bulk::move(fiber, SYS_recvfrom, Words(fd, data, size, flags, address, length).words);
  const auto once = [&](int at) {
    return kernel::call(SYS_recvfrom, at, data, size, flags | MSG_DONTWAIT, address, length);
  };
  // Flags ask for more than the next bytes, urgent ones for example: then the kernel is asked first.
  return flags ? patiently(fiber, fd, Readable, SO_RCVTIMEO, once) : read_patiently(fiber, fd, size, once);
}

// A failed send leaves its SIGPIPE with the kernel thread: makes it the fiber's.
long sent(Fiber& fiber, long result) noexcept {
  signals::collect_signal_of(fiber, result);
  return result;
}

long send_once(Fiber& fiber, int fd, const void* data, std::size_t size, int flags, const sockaddr* address,
               socklen_t length) noexcept {
  if (in_bulk(fiber, fd)) [[unlikely]]
    return bulk::move(fiber, SYS_sendto, Words(fd, data, size, flags, address, length).words);
  const long result = patiently(fiber, fd, Writable, SO_SNDTIMEO, [&](int at) {
    return kernel::call(SYS_sendto, at, data, size, flags | MSG_DONTWAIT, address, length);
  });
  bulk::note(fiber, result);
  return sent(fiber, result);
}

// Whether a stream's receiver must go on until all has come.
bool wants_all(int fd, int flags, long result, long wanted) noexcept {
  return (flags & MSG_WAITALL) && !(flags & (MSG_DONTWAIT | MSG_PEEK)) && result > 0 && result < wanted &&
         is_stream(fd) && descriptors::blocking(fd);
}

bool must_wait_in_place(int flags) noexcept {
  return (flags & MSG_WAITALL) && (flags & MSG_PEEK) && !(flags & MSG_DONTWAIT);
}

// A blocking stream sends all, or says how much went out before something came in between.
bool owes_rest(int fd, int flags, long result, long wanted) noexcept {
  return result > 0 && result < wanted && !(flags & MSG_DONTWAIT) && descriptors::blocking(fd) &&
         is_stream(fd);
}

}  // namespace

long recvfrom(Fiber& fiber, int fd, void* data, std::size_t size, int flags, sockaddr* address,
              socklen_t* length) noexcept {
  if (flags == 0 && !address && size && !bulk::flows(fiber)) {
    const Way way = descriptors::way_to_read(fd);
    if (way == Way::AskFirst || way == Way::WaitFirst) [[likely]]
      return read_plain(fiber, fd, data, size, way);
  }
  if (flags & MSG_DONTWAIT)
    return noted(fiber, fd, kernel::call(SYS_recvfrom, fd, data, size, flags, address, length));
  if (must_wait_in_place(flags))
    return in_place::sleeping(fiber, SYS_recvfrom, Words(fd, data, size, flags, address, length).words);
  const long result = receive_once(fiber, fd, data, size, flags, address, length);
  if (!wants_all(fd, flags, result, static_cast<long>(size))) [[likely]]
    return result;
  const iovec part{data, size};
  return rest_of(&part, 1, result, [&](char* to, std::size_t left) {
    return receive_once(fiber, fd, to, left, flags, nullptr, nullptr);
  });
}

namespace {

long receive_message(Fiber& fiber, int fd, msghdr* message, int flags) noexcept {
  if (flags & MSG_DONTWAIT) return noted(fiber, fd, kernel::call(SYS_recvmsg, fd, message, flags));
  if (must_wait_in_place(flags))
    return in_place::sleeping(fiber, SYS_recvmsg, Words(fd, message, flags).words);
  if (in_bulk(fiber, fd)) [[unlikely]]
    return bulk::move(fiber, SYS_recvmsg, Words(fd, message, flags).words);
  msghdr copy;  // as it was: the kernel changes lengths and flags
  const bool readable = user::copy(&copy, message, sizeof copy);
  const long result = patiently(fiber, fd, Readable, SO_RCVTIMEO, [&](int at) {
    return kernel::call(SYS_recvmsg, at, message, flags | MSG_DONTWAIT);
  });
  bulk::note(fiber, result);
  if (!readable || !(flags & MSG_WAITALL) || !wants_all(fd, flags, result, total(copy))) return result;
  return rest_of(copy.msg_iov, copy.msg_iovlen, result, [&](char* to, std::size_t left) {
    return receive_once(fiber, fd, to, left, flags, nullptr, nullptr);
  });
}

}  // namespace

long recvmsg(Fiber& fiber, int fd, msghdr* message, int flags) noexcept {
  const long result = receive_message(fiber, fd, message, flags);
  note_received(message, result);
  return result;
}

long sendto(Fiber& fiber, int fd, const void* data, std::size_t size, int flags, const sockaddr* address,
            socklen_t length) noexcept {
  if (flags & MSG_DONTWAIT)
    return sent(fiber, kernel::call(SYS_sendto, fd, data, size, flags, address, length));
  const long result = send_once(fiber, fd, data, size, flags, address, length);
  if (!owes_rest(fd, flags, result, static_cast<long>(size))) [[likely]]
    return result;
  const iovec part{const_cast<void*>(data), size};
  return rest_of(&part, 1, result, [&](char* from, std::size_t left) {
    return send_once(fiber, fd, from, left, flags, nullptr, 0);
  });
}

long sendmsg(Fiber& fiber, int fd, const msghdr* message, int flags) noexcept {
  msghdr copy;
  const bool readable = user::copy(&copy, message, sizeof copy);
  if (readable && copy.msg_controllen) descriptors::shared();  // may carry descriptors to another process
  if (flags & MSG_DONTWAIT) return sent(fiber, kernel::call(SYS_sendmsg, fd, message, flags));
  if (in_bulk(fiber, fd)) [[unlikely]]
    return bulk::move(fiber, SYS_sendmsg, Words(fd, message, flags).words);
  const long result = sent(fiber, patiently(fiber, fd, Writable, SO_SNDTIMEO, [&](int at) {
                             return kernel::call(SYS_sendmsg, at, message, flags | MSG_DONTWAIT);
                           }));
  bulk::note(fiber, result);
  if (!readable || result <= 0 || !owes_rest(fd, flags, result, total(copy))) return result;
  return rest_of(copy.msg_iov, copy.msg_iovlen, result, [&](char* from, std::size_t left) {
    return send_once(fiber, fd, from, left, flags, nullptr, 0);
  });
}

namespace {

long receive_messages(Fiber& fiber, int fd, mmsghdr* messages, unsigned count, int flags,
                      timespec* timeout) noexcept {
  if (flags & MSG_DONTWAIT) return kernel::call(SYS_recvmmsg, fd, messages, count, flags, timeout);
  Nanoseconds deadline;
  if (const long error = timeouts::from_user(fiber, timeout, CLOCK_MONOTONIC, true, deadline)) return error;
  Patience patience(fiber, fd, Readable, SO_RCVTIMEO);
  unsigned received = 0;
  const auto receive = [&](int waits) {
    return kernel::call(SYS_recvmmsg, patience.fd(), messages + received, count - received, flags | waits,
                        nullptr);
  };
  for (bool waited = false; received < count; waited = true) {
    long result = receive(MSG_DONTWAIT);
    // One that was shut down gives empty messages, but to those who would wait only: see patiently().
    if (result == -EAGAIN && waited && is_shut_down(patience.fd())) result = receive(0);
    if (result > 0) {
      received += static_cast<unsigned>(result);
      // recvmmsg(2): the timeout is looked at after each datagram only.
      if ((flags & MSG_WAITFORONE) || (timeout && clock_time::now() >= deadline)) break;
      continue;
    }
    const long error = result == -EAGAIN ? patience.wait() : result;
    if (error) return received ? static_cast<long>(received) : error;
  }
  if (timeout) {
    const timespec left = clock_time::to_timespec(
        deadline == never ? 0 : std::max<Nanoseconds>(0, deadline - clock_time::now()));
    if (!user::copy(timeout, &left, sizeof left)) return -EFAULT;
  }
  return received;
}

}  // namespace

long recvmmsg(Fiber& fiber, int fd, mmsghdr* messages, unsigned count, int flags,
              timespec* timeout) noexcept {
  const long result = receive_messages(fiber, fd, messages, count, flags, timeout);
  note_received(messages, result);
  return result;
}

long sendmmsg(Fiber& fiber, int fd, mmsghdr* messages, unsigned count, int flags) noexcept {
  if (flags & MSG_DONTWAIT) return sent(fiber, kernel::call(SYS_sendmmsg, fd, messages, count, flags));
  if (count > IOV_MAX) count = IOV_MAX;
  unsigned sent = 0;
  for (; sent < count; ++sent) {
    const long result = sendmsg(fiber, fd, &messages[sent].msg_hdr, flags);
    if (result < 0) return sent ? static_cast<long>(sent) : result;
    if (!user::store(&messages[sent].msg_len, static_cast<unsigned>(result)))
      return sent ? static_cast<long>(sent) : -EFAULT;
  }
  return sent;
}

}  // namespace unblock::calls
