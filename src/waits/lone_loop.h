// An event loop of the program's own beside which nobody runs: it waits in the kernel.
//
// For a fiber in epoll_wait(2) our loop waits for the program's, and then the program's is asked what it has:
// two calls. That is worth it while there are others to run, without a kernel thread for each. A loop that
// has its processor to itself, as in a program whose other threads sleep, is as well off with a kernel
// thread; the processor goes to another carrier, which sleeps until somebody is ready. So is one that
// computes, which has a kernel thread of its own: own_thread.h.
#pragma once

#include "fibers/fiber.h"

namespace unblock::lone_loop {

/// Whether `fiber`, the calling one, which is about to wait for events, is to do so in the kernel: no other
/// has run where it runs, or where it last did, during its last few waits; or it computes.
[[nodiscard]] bool waits_in_kernel(Fiber& fiber) noexcept;

}  // namespace unblock::lone_loop
