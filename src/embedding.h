// Fibers as guests of another loop: that of a thread whose waits are its own, and that lets them run in
// steps.
//
//     the host's loop                                        the processor's
//     poll(descriptor, ...)  <── readable: E ── epoll ──  timers, descriptors waited for, a wake-up by others
//     unblock_step()  ──────>  ask the loop, run once who is ready, ask again; never wait
//
// E is an epoll instance around that of libev, which makes its own anew at times.
#pragma once

#include <atomic>

#include "fibers/fiber.h"

namespace unblock::embedding {

namespace detail {
extern std::atomic<Fiber*> host;
}

/// Whether `fiber` is the host: what it waits for outside of a step, it waits for in the kernel, and nobody
/// takes its processor.
[[nodiscard]] inline bool hosts(const Fiber& fiber) noexcept {
  return detail::host.load(std::memory_order_relaxed) == &fiber;
}

/// Whether there is a host, and so one processor alone.
[[nodiscard]] inline bool active() noexcept {
  return detail::host.load(std::memory_order_relaxed) != nullptr;
}

/// Makes `main`, the calling and only fiber, the host. The descriptor to poll for reading, the program's to
/// see but not to close; the same if it is one already. -EBUSY: there are others; or what epoll_create1(2)
/// gives.
[[nodiscard]] long begin(Fiber& main) noexcept;

/// One step: see unblock_step(). The host.
void step(Fiber& fiber) noexcept;

/// Others may have run in a call of the host's: sees to it that the descriptor tells of what they wait for.
void after_call(Fiber& fiber) noexcept;

/// It is over: at unblock_stop(), and in a fork's child, where nothing is left of it.
void end() noexcept;

}  // namespace unblock::embedding
