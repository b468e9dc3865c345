// Fibers that compute wait for locks and events where they run: on a kernel thread of their own, as natively.
//
// One that lost its processor for computing is an ordinary kernel thread until it waits. Were it a fiber
// again for each short wait, as one that spins for a while and then takes a lock, or hands an interpreter's
// lock over and asks for it again, it would go on with another kernel thread each time, on a CPU where others
// compute, lose that one's processor in turn, and hold everybody up until then. So it keeps its kernel thread
// for as long as it computes between its waits, and those are short.
//
// An event loop that waits in the kernel (lone_loop.h) has its own, too: who shares its work with others by
// spin locks and mutexes, as Redis does with its io-threads, is where it was when it comes back from a lock.
#pragma once

#include <cstdint>

#include "clock.h"
#include "fibers/carrier.h"
#include "fibers/fiber.h"
#include "fibers/scheduler.h"

namespace unblock::own_thread {

/// `fiber` computes at `carrier`, whose processor was just taken away from it. The watchdog.
void grant(Carrier& carrier, const Fiber& fiber) noexcept;

/// Whether `fiber`, the calling one, has the kernel thread that it runs on for its own.
[[nodiscard]] inline bool has(const Fiber& fiber) noexcept {
  return fiber.carrier->owner.load(std::memory_order_relaxed) == &fiber;
}

/// Whether it has, and goes on there without a processor: it has nobody to share one with.
[[nodiscard]] inline bool runs_beside(const Fiber& fiber) noexcept {
  return has(fiber) && fiber.carrier->alone();
}

/// `fiber`, the calling one, has waited in the kernel for events: the kernel thread is its own from now on.
void keep(Fiber& fiber) noexcept;

namespace detail {
[[nodiscard]] bool still_computes(Fiber& fiber) noexcept;
}

/// Whether `fiber`, the calling one, is to wait by wait().
[[nodiscard]] inline bool suits(Fiber& fiber) noexcept { return has(fiber) && detail::still_computes(fiber); }

/// Sleeps in the kernel while the word at `fiber.futex_node`'s address, whose bitset is set, is `expected`.
/// True with what it came to in `result`, as waiting::on_address() returns it; false if the wait is a long
/// one, which is to begin anew elsewhere: nothing is queued then.
[[nodiscard]] bool wait(Fiber& fiber, std::uint32_t expected, Nanoseconds deadline, long& result) noexcept;

/// Wakes one that sleeps so; false if it does not. Any kernel thread; async-signal-safe.
bool wake(Fiber& fiber, long result) noexcept;

/// In a fork's child, where nobody sleeps so.
void forget() noexcept;

}  // namespace unblock::own_thread
