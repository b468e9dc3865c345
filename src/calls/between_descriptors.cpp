// sendfile and splice: bytes from one descriptor to another within the kernel.
#include <fcntl.h>

#include "arguments.h"
#include "entry/in_place.h"
#include "handlers.h"
#include "transfer.h"

namespace unblock::calls {

namespace {

using descriptors::Kind;

// Waits until a descriptor that the kernel would wait for is ready; the call that follows may still wait in
// place, since these have no way to be tried. 0, or what the call returns.
long await(Fiber& fiber, int fd, bool writes) noexcept {
  const Kind kind = descriptors::kind(fd);
  if (kind == Kind::File || kind == Kind::Unknown) return 0;
  const long result = patiently(
      fiber, fd, writes ? Writable : Readable, writes ? SO_SNDTIMEO : SO_RCVTIMEO,
      [&](int at) -> long { return descriptors::ready(at, writes ? POLLOUT : POLLIN) ? 0 : -EAGAIN; });
  return result == -EAGAIN ? 0 : result;  // the program wants no waiting: the call itself will say so
}

}  // namespace

long sendfile(Fiber& fiber, int out, int in, off_t* offset, std::size_t count) noexcept {
  if (const long error = await(fiber, out, true)) return error;
  return in_place::perhaps(fiber, SYS_sendfile, Words(out, in, offset, count).words);
}

long splice(Fiber& fiber, int in, off_t* in_offset, int out, off_t* out_offset, std::size_t size,
            unsigned flags) noexcept {
  // One of the two must be a pipe, or the kernel has something to say.
  const bool sockets = descriptors::kind(in) == Kind::Socket && descriptors::kind(out) == Kind::Socket;
  if (!(flags & SPLICE_F_NONBLOCK) && !sockets) {
    if (const long error = await(fiber, in, false)) return error;
    if (const long error = await(fiber, out, true)) return error;
  }
  return in_place::perhaps(fiber, SYS_splice, Words(in, in_offset, out, out_offset, size, flags).words);
}

}  // namespace unblock::calls
