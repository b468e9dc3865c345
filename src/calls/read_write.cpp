// read, write and their vector forms, on whatever a descriptor may be.
#include <climits>

#include "arguments.h"
#include "entry/in_place.h"
#include "fibers/carrier.h"
#include "handlers.h"
#include "kernel.h"
#include "plain_stream.h"
#include "transfer.h"
#include "user.h"

// <bits/types/...> has it only for newer headers.
#ifndef RWF_NOWAIT
#define RWF_NOWAIT 0x8
#endif

namespace unblock::calls {

namespace {

using descriptors::Kind;
using descriptors::Way;

// One way of reading or writing, in the forms that sockets, streams and everything else take.
struct Transfer {
  int fd;
  const iovec* parts;  // for one part, a vector of our own
  int count;
  long nr;  // the program's own call, made for files and where nothing else will do
  long arguments[6];
  bool writes;
};

long try_socket(const Transfer& transfer, int fd) noexcept {
  // The cheaper form for a vector that is ours.
  if (transfer.nr == SYS_read)
    return kernel::call(SYS_recvfrom, fd, transfer.parts->iov_base, transfer.parts->iov_len, MSG_DONTWAIT,
                        nullptr, nullptr);
  if (transfer.nr == SYS_write)
    return kernel::call(SYS_sendto, fd, transfer.parts->iov_base, transfer.parts->iov_len, MSG_DONTWAIT,
                        nullptr, 0);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(transfer.parts);
  message.msg_iovlen = static_cast<std::size_t>(transfer.count);
  return kernel::call(transfer.writes ? SYS_sendmsg : SYS_recvmsg, fd, &message, MSG_DONTWAIT);
}

long try_stream(const Transfer& transfer, int fd) noexcept {
  // Offset -1: where the file stands; its high half is a word of its own.
  return kernel::call(transfer.writes ? SYS_pwritev2 : SYS_preadv2, fd, transfer.parts, transfer.count, -1,
                      -1, RWF_NOWAIT);
}

long as_it_is(Fiber& fiber, const Transfer& transfer, int fd) noexcept {
  long arguments[6];
  __builtin_memcpy(arguments, transfer.arguments, sizeof arguments);
  arguments[0] = fd;
  return in_place::perhaps(fiber, transfer.nr, arguments);
}

// Things that can only be asked whether they are ready: another reader may come first, then it waits in
// place.
long try_polled(Fiber& fiber, const Transfer& transfer, int fd) noexcept {
  if (!descriptors::ready(fd, transfer.writes ? POLLOUT : POLLIN) && descriptors::blocking(fd))
    return -EAGAIN;
  return as_it_is(fiber, transfer, fd);
}

// After a call as on a file, which is what most names are of: if it is none after all the watchdog saw to it
// that the others went on, and then it is asked what it is, once.
void note_as_file(const Fiber& fiber, int fd) noexcept {
  if (fiber.carrier->alone() && descriptors::only_named(fd)) descriptors::remember(fd, Kind::Unknown);
}

// A call on what is known never to wait, as sockets of an event loop of the program's own are: there is
// nothing to try, and nobody to look how long it lasts.
[[gnu::always_inline]] inline long at_once(Fiber& fiber, long nr, int fd, const void* what,
                                           std::size_t count) noexcept {
  const long result = kernel::call(nr, fd, what, count);
  signals::collect_signal_of(fiber, result);
  return result;
}

[[gnu::noinline]] long read_at_once(Fiber& fiber, int fd, void* data, std::size_t size) noexcept {
  const long result = at_once(fiber, SYS_read, fd, data, size);
  if (result > 0) turns::found(fiber, fd);
  return result;
}

long attempt(Fiber& fiber, const Transfer& transfer, int fd) noexcept {
  if (descriptors::never_waits(fd)) return as_it_is(fiber, transfer, fd);
  long result;
  // Siblings have one kernel thread among them.
  if (descriptors::only_named(fd) && !fiber.sibling) {
    result = as_it_is(fiber, transfer, fd);
    note_as_file(fiber, fd);
    return result;
  }
  switch (descriptors::kind(fd)) {
    case Kind::Socket:
      result = try_socket(transfer, fd);
      if (result != -ENOTSOCK) return result;
      break;
    case Kind::Anonymous:
      if (transfer.writes && !fiber.sibling) return as_it_is(fiber, transfer, fd);
      [[fallthrough]];
    case Kind::Stream:
      result = try_stream(transfer, fd);
      if (result != -EOPNOTSUPP && result != -ESPIPE) return result;
      // Some can be tried one way only: an eventfd's reads.
      if (!transfer.writes) descriptors::remember(fd, Kind::Polled);
      [[fallthrough]];
    case Kind::Polled: return try_polled(fiber, transfer, fd);
    default: return as_it_is(fiber, transfer, fd);
  }
  // The number was reused behind our back.
  descriptors::remember(fd, Kind::Unknown);
  return as_it_is(fiber, transfer, fd);
}

// Bytes asked for; negative where the kernel must say what is wrong with them.
long total(const Transfer& transfer) noexcept {
  std::size_t sum = 0;
  for (int i = 0; i < transfer.count; ++i) {
    iovec part;
    if (!user::copy(&part, transfer.parts + i, sizeof part)) return -1;
    sum += part.iov_len;
    if (sum > static_cast<std::size_t>(LONG_MAX)) return -1;
  }
  return static_cast<long>(sum);
}

long perform(Fiber& fiber, const Transfer& transfer) noexcept {
  if (in_bulk(fiber, transfer.fd)) [[unlikely]]
    return bulk::move(fiber, transfer.nr, transfer.arguments);
  const auto once = [&](int fd) { return attempt(fiber, transfer, fd); };
  const long result = transfer.writes ? patiently(fiber, transfer.fd, Writable, SO_SNDTIMEO, once)
                                      : patiently(fiber, transfer.fd, Readable, SO_RCVTIMEO, once);
  bulk::note(fiber, result);
  signals::collect_signal_of(fiber, result);
  return result;
}

// A blocking write returns when all is written: the rest of each part, after the first attempt fell short.
long write_rest(Fiber& fiber, const Transfer& whole, long written, long wanted) noexcept {
  long skip = written;
  for (int i = 0; i < whole.count; ++i) {
    iovec part;
    if (!user::copy(&part, whole.parts + i, sizeof part)) return written;
    if (skip >= static_cast<long>(part.iov_len)) {
      skip -= static_cast<long>(part.iov_len);
      continue;
    }
    part.iov_base = static_cast<char*>(part.iov_base) + skip;
    part.iov_len -= static_cast<std::size_t>(skip);
    skip = 0;
    while (part.iov_len) {
      const Transfer rest{whole.fd, &part, 1, SYS_writev, {whole.fd, kernel::word(&part), 1, 0, 0, 0}, true};
      const long result = perform(fiber, rest);
      if (result <= 0) return written;  // an error or a signal after the first byte: how much went out
      written += result;
      part.iov_base = static_cast<char*>(part.iov_base) + result;
      part.iov_len -= static_cast<std::size_t>(result);
    }
    if (written == wanted) break;
  }
  return written;
}

// What is left of a write that gave `result`, if it is of what takes all there is to write.
long write_on(Fiber& fiber, const Transfer& transfer, long result, long wanted) noexcept {
  if (result <= 0 || result >= wanted) [[likely]]
    return result;
  const Kind kind = descriptors::kind(transfer.fd);
  if ((kind != Kind::Socket && kind != Kind::Stream) || !descriptors::blocking(transfer.fd)) return result;
  return write_rest(fiber, transfer, result, wanted);
}

long write_all(Fiber& fiber, const Transfer& transfer) noexcept {
  const long wanted = total(transfer);
  if (wanted <= 0) return as_it_is(fiber, transfer, transfer.fd);
  return write_on(fiber, transfer, perform(fiber, transfer), wanted);
}

// These stand by themselves for the stack they take, which a connection has for as long as it waits: a plain
// read does without all of it, and any other without a transfer's description.
[[gnu::noinline]] long attempt_read(Fiber& fiber, int fd, void* data, std::size_t size) noexcept {
  const iovec part{data, size};
  return attempt(fiber,
                 {fd, &part, 1, SYS_read, {fd, kernel::word(data), kernel::word(size), 0, 0, 0}, false}, fd);
}

[[gnu::noinline]] long read_file(Fiber& fiber, int fd, void* data, std::size_t size) noexcept {
  const long result = in_place::perhaps_short(fiber, SYS_read, fd, data, size);
  note_as_file(fiber, fd);
  bulk::note(fiber, result);
  if (result > 0) turns::found(fiber, fd);
  return result;
}

[[gnu::noinline]] long read_any(Fiber& fiber, int fd, void* data, std::size_t size) noexcept {
  if (in_bulk(fiber, fd)) [[unlikely]]
    return bulk::move(fiber, SYS_read, Words(fd, data, size).words);
  return read_patiently(fiber, fd, size, [&](int at) { return attempt_read(fiber, at, data, size); });
}

}  // namespace

long read(Fiber& fiber, int fd, void* data, std::size_t size) noexcept {
  if (size == 0) return kernel::call(SYS_read, fd, data, size);
  switch (const Way way = descriptors::way_to_read(fd)) {
    [[likely]] case Way::AskFirst:
    [[likely]] case Way::WaitFirst:
      return bulk::flows(fiber) ? read_any(fiber, fd, data, size) : read_plain(fiber, fd, data, size, way);
    case Way::AtOnce: return read_at_once(fiber, fd, data, size);
    case Way::AsFile:
      if (fiber.sibling) break;  // they have one kernel thread among them
      return read_file(fiber, fd, data, size);
    case Way::Any: break;
  }
  return read_any(fiber, fd, data, size);
}

long readv(Fiber& fiber, int fd, const iovec* parts, int count) noexcept {
  if (descriptors::never_waits(fd)) return at_once(fiber, SYS_readv, fd, parts, static_cast<unsigned>(count));
  const Transfer transfer{fd, parts, count, SYS_readv, {fd, kernel::word(parts), count, 0, 0, 0}, false};
  if (count <= 0 || count > IOV_MAX || total(transfer) <= 0) return as_it_is(fiber, transfer, fd);
  return perform(fiber, transfer);
}

namespace {

// A write of `part`, which is to last as long.
Transfer of_one(int fd, const iovec& part) noexcept {
  const long words[] = {kernel::word(part.iov_base), kernel::word(part.iov_len)};
  return {fd, &part, 1, SYS_write, {fd, words[0], words[1], 0, 0, 0}, true};
}

// The rest of a write that has answered `result` at first.
[[gnu::noinline]] long write_after(Fiber& fiber, int fd, const void* data, std::size_t size,
                                   long result) noexcept {
  const iovec part{const_cast<void*>(data), size};
  const Transfer transfer = of_one(fd, part);
  if (result == -EAGAIN) return write_all(fiber, transfer);
  signals::collect_signal_of(fiber, result);
  return write_on(fiber, transfer, result, static_cast<long>(size));
}

[[gnu::always_inline]] inline long write_plain(Fiber& fiber, int fd, const void* data,
                                               std::size_t size) noexcept {
  const long result = kernel::call(SYS_sendto, fd, data, size, MSG_DONTWAIT, nullptr, 0);
  bulk::note(fiber, result);
  if (result == static_cast<long>(size)) [[likely]]
    return result;
  return write_after(fiber, fd, data, size, result);
}

[[gnu::noinline]] long write_file(Fiber& fiber, int fd, const void* data, std::size_t size) noexcept {
  const long result = in_place::perhaps_short(fiber, SYS_write, fd, data, size);
  note_as_file(fiber, fd);
  bulk::note(fiber, result);
  if (result <= 0 || result == static_cast<long>(size)) [[likely]]
    return result;
  return write_after(fiber, fd, data, size, result);  // a name may be a FIFO's, which takes all
}

[[gnu::noinline]] long write_any(Fiber& fiber, int fd, const void* data, std::size_t size) noexcept {
  const iovec part{const_cast<void*>(data), size};
  return write_all(fiber, of_one(fd, part));
}

}  // namespace

long write(Fiber& fiber, int fd, const void* data, std::size_t size) noexcept {
  switch (descriptors::way_to_write(fd)) {
    [[likely]] case Way::AskFirst:
      if (size == 0 || bulk::flows(fiber)) break;
      return write_plain(fiber, fd, data, size);
    case Way::AtOnce: return at_once(fiber, SYS_write, fd, data, size);
    case Way::AsFile:
      if (fiber.sibling) break;  // they have one kernel thread among them
      return write_file(fiber, fd, data, size);
    default: break;
  }
  return write_any(fiber, fd, data, size);
}

long writev(Fiber& fiber, int fd, const iovec* parts, int count) noexcept {
  if (descriptors::never_waits(fd))
    return at_once(fiber, SYS_writev, fd, parts, static_cast<unsigned>(count));
  const Transfer transfer{fd, parts, count, SYS_writev, {fd, kernel::word(parts), count, 0, 0, 0}, true};
  if (count <= 0 || count > IOV_MAX) return as_it_is(fiber, transfer, fd);
  return write_all(fiber, transfer);
}

}  // namespace unblock::calls
