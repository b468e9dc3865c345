// Fibers run where their packets arrive: receive flow steering, by the runtime instead of the kernel.
//
// A kernel thread is woken on the CPU that its request comes from, or near it, and a server's thread and its
// client, or the network card's queue, share a cache. A fiber stays with its processor, wherever that runs:
// of the clients on two CPUs half would wake a server on the other one with each request, and be woken from
// there. So a fiber that reads from a socket whose packets arrive on another processor's CPU moves there, if
// another moves the other way: how many a processor has is for stealing to say.
#pragma once

#include "fibers/fiber.h"
#include "fibers/processors.h"

namespace unblock::locality {

namespace detail {
void look(Fiber& fiber, int fd) noexcept;
}

/// `fiber`, the calling one, is about to wait until it may read from `fd`; now and then that is found out,
/// and it moves. In the program's code: it need not have a processor, and may be elsewhere on return. See
/// SO_INCOMING_CPU in socket(7).
inline void follow(Fiber& fiber, int fd) noexcept {
  if (processors::count() > 1) [[unlikely]]
    detail::look(fiber, fd);
}

}  // namespace unblock::locality
