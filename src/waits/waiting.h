// How a fiber waits: for time, for a wake-up on an address, for descriptors. All else is built on this.
#pragma once

#include <cerrno>
#include <cstdint>

#include "clock.h"
#include "fibers/fiber.h"
#include "fibers/locality.h"
#include "fibers/processor.h"
#include "fibers/scheduler.h"

namespace unblock::waiting {

/// How a system call that a signal interrupted goes on, as the kernel's own codes have it; the edge of the
/// runtime turns them into EINTR or another try. See signal(7), "Interruption of system calls".
constexpr long restart_if_asked = -512;   // ERESTARTSYS: if the handler has SA_RESTART
constexpr long restart_unhandled = -514;  // ERESTARTNOHAND: only if no handler ran
/// The fiber's own limit has passed, which no timeout of the call's is to be mistaken for: ETIMEDOUT.
constexpr long past_limit = -513;

namespace detail {
/// Sees to it that `fiber` wakes at `deadline`. 0 or -ENOMEM.
long set_deadline(Fiber& fiber, Processor& home, Nanoseconds deadline) noexcept;
void clear_deadline(Fiber& fiber, Processor& home) noexcept;
}  // namespace detail

/// The frame of every wait. `arm(processor)` queues the fiber wherever it can be woken from and returns 0,
/// or a negative error number if there is nothing to wait for; `disarm(processor)` undoes what is left of
/// it. Both run with a processor held, but not always the same one: the argument is the one that the fiber
/// waits with, and what waits there has a lock. Returns what the waker gave, arm's error, -ETIMEDOUT at
/// `deadline`, past_limit at `limit` if that is sooner, -EINTR if a signal is to be handled, -ENOMEM.
template <class Arm, class Disarm>
[[gnu::always_inline]] inline long wait(Fiber& fiber, Nanoseconds deadline, Nanoseconds limit, Arm&& arm,
                                        Disarm&& disarm) noexcept {
  const bool limited = limit < deadline;
  if (limited) deadline = limit;
  scheduler::acquire(fiber);
  Processor& home = *fiber.home;
  scheduler::prepare_wait(fiber);
  // After the announcement: whoever posts a signal now sees the fiber wait, or we see the signal.
  long result = fiber.signals.attention.load(std::memory_order_seq_cst) ? -EINTR : arm(home);
  if (result == 0 && deadline != never) result = detail::set_deadline(fiber, home, deadline);
  if (result == 0)
    result = scheduler::park(fiber);
  else if (!scheduler::cancel_wait(fiber))
    scheduler::park(fiber);
  disarm(home);
  if (deadline != never) detail::clear_deadline(fiber, home);
  fiber.cut_short |= result == -EINTR;
  scheduler::release(fiber);
  return limited && result == -ETIMEDOUT ? past_limit : result;
}

/// The same with the fiber's own limit.
template <class Arm, class Disarm>
[[gnu::always_inline]] inline long wait(Fiber& fiber, Nanoseconds deadline, Arm&& arm,
                                        Disarm&& disarm) noexcept {
  return wait(fiber, deadline, fiber.limit, arm, disarm);
}

/// First in a call that might have to wait for a descriptor, even where it finds it ready: the threads that
/// `fiber` has just made begin. Natively they have, on a CPU of their own, and programs count on it: a server
/// that hands its first clients to threads it made a moment ago.
inline void let_newborns_begin(Fiber& fiber) noexcept {
  if (!fiber.has_newborns) [[likely]]
    return;
  fiber.has_newborns = false;
  scheduler::yield(fiber);
}

/// Sleeps until `deadline` or a signal, or until scheduler::wake().
inline long until(Fiber& fiber, Nanoseconds deadline) noexcept {
  return wait(
      fiber, deadline, [](Processor&) { return 0L; }, [](Processor&) {});
}

/// Sleeps while `*address` is `expected`, until woken with a bitset that meets `bitset`. Also returns
/// -EAGAIN if the value differs, -EFAULT.
long on_address(Fiber& fiber, std::uintptr_t address, std::uint32_t expected, std::uint32_t bitset,
                Nanoseconds deadline, Nanoseconds limit = never) noexcept;

namespace detail {
/// Queues the fiber's own waiter with `home`. 0, -ENOMEM, or `ready_now`.
long watch(Fiber& fiber, Processor& home) noexcept;
void stop_watching(IoWaiter& waiter, Processor& home) noexcept;
constexpr long ready_now = 1;  // the loop had reported it while nobody waited
}  // namespace detail

/// A read of `fd` by `fiber` that did not wait gave `result` where `wanted` bytes were asked for. If it fell
/// short, or gave -EAGAIN, all was read.
inline void note_read(Fiber& fiber, int fd, long result, std::size_t wanted) noexcept {
  const bool short_of = result > 0 && static_cast<std::size_t>(result) < wanted;
  fiber.io_waiter.emptied = short_of || result == -EAGAIN ? fd : -1;
}

namespace detail {
/// Waits for what the fiber's own waiter says. Inline, for the little stack it takes: a thousand connections
/// have theirs in nobody's cache.
[[gnu::always_inline]] inline long wait_for_own(Fiber& fiber, Nanoseconds deadline) noexcept {
  const long result = wait(
      fiber, deadline, [&](Processor & home) __attribute__((always_inline)) { return watch(fiber, home); },
      [&](Processor & home) __attribute__((always_inline)) {
        // Else an event took it out before it woke the fiber.
        if (fiber.io_waiter.queued) [[unlikely]]
          stop_watching(fiber.io_waiter, home);
      });
  return result == ready_now ? 0 : result;
}
}  // namespace detail

/// Waits, as for_descriptor() does, until `fd` may be readable. The fiber's io_waiter says which descriptor
/// to use afterwards.
[[gnu::always_inline]] inline long until_readable(Fiber& fiber, int fd) noexcept {
  locality::follow(fiber, fd);
  fiber.io_waiter.fd = fd;
  fiber.io_waiter.events = Readable;
  fiber.io_waiter.exclusive = false;
  return detail::wait_for_own(fiber, never);
}

/// Waits until descriptor `fd` may be ready for `events` (Readiness). `exclusive`: an event wakes one such
/// waiter only. `fd` changes if the descriptor is closed meanwhile: the caller goes on with the new number.
long for_descriptor(Fiber& fiber, int& fd, unsigned events, Nanoseconds deadline,
                    bool exclusive = false) noexcept;

/// Waits for any of `count` waiters, fd and events set, in memory that is not on the stack.
long for_descriptors(Fiber& fiber, IoWaiter* waiters, unsigned count, Nanoseconds deadline) noexcept;

}  // namespace unblock::waiting
