// The read of a server with many connections, on its own for the sake of the little stack that it takes:
// nobody's cache holds those of a thousand.
#pragma once

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>

#include "descriptors/descriptors.h"
#include "fibers/fiber.h"
#include "fibers/turns.h"
#include "kernel.h"
#include "waits/bulk.h"
#include "waits/waiting.h"

namespace unblock::calls {

/// The rest of a read whose descriptor was closed under it, and whose file has the number `refuge` now; or
/// its end, if it has ended with an `error` already.
long read_elsewhere(Fiber& fiber, int refuge, void* data, std::size_t size, long error) noexcept;

/// Reads at most `size` bytes, not 0, from `fd`, for which descriptors::way_to_read() gave `way`, one of
/// the two. Returns as the kernel does, with its restart codes.
[[gnu::always_inline]] inline long read_plain(Fiber& fiber, int fd, void* data, std::size_t size,
                                              descriptors::Way way) noexcept {
  bool ask = way == descriptors::Way::AskFirst;
  for (bool first = true;; first = false, ask = true) {
    if (ask) {
      const long result = kernel::call(SYS_recvfrom, fd, data, size, MSG_DONTWAIT, nullptr, nullptr);
      waiting::note_read(fiber, fd, result, size);
      if (first) descriptors::note_probe(fd, result != -EAGAIN);
      if (result != -EAGAIN) {
        descriptors::note_read(fd, result, size);
        bulk::note(fiber, result);
        if (first) turns::found(fiber, fd);
        return result;
      }
    }
    long error = waiting::until_readable(fiber, fd);
    const int now = fiber.io_waiter.fd;
    if (error == -EINTR)  // what came before the signal is the call's
      error = descriptors::ready(now, POLLIN) ? 0 : waiting::restart_if_asked;
    if (now != fd && now >= 0) return read_elsewhere(fiber, now, data, size, error);
    if (error) return error;
  }
}

}  // namespace unblock::calls
