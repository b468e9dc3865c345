// The priority-inheritance operations of futex(2), without the priorities.
#pragma once

#include <cstdint>
#include <ctime>

#include "clock.h"
#include "fibers/fiber.h"

namespace unblock::futex_pi {

/// FUTEX_LOCK_PI, _LOCK_PI2, _TRYLOCK_PI and _UNLOCK_PI for `fiber`: ownership is handed from fiber to
/// fiber in order of arrival; fibers have no priorities to inherit. Where outsiders wait, too, whoever comes
/// first gets it. A founder may have the lock from before, when others waited for it in the kernel: it
/// unlocks on its own kernel thread. Errors as futex(2).
long call(Fiber& fiber, std::uint32_t* word, int operation, const timespec* timeout) noexcept;

/// The owner of `word` ends: hands it to the oldest waiter, marked as its dead owner's.
void owner_died(Fiber& fiber, std::uint32_t* word) noexcept;

/// Whether a futex(2) operation takes such a lock: FUTEX_LOCK_PI, _LOCK_PI2, _TRYLOCK_PI.
[[nodiscard]] bool locks(int operation) noexcept;

/// When it gives up, by CLOCK_MONOTONIC. 0, -EFAULT or -EINVAL.
[[nodiscard]] long read_deadline(int operation, const timespec* timeout, Nanoseconds& deadline) noexcept;

/// Such an operation for the calling outsider (outsiders.h), its signals blocked. The result, or 1: it is to
/// sleep_outside() with `number`, without being in the runtime, and to try again.
[[nodiscard]] long lock_outside(std::uint32_t* word, int operation, std::uint32_t& number) noexcept;

/// Sleeps until the word may be free, or there are no fibers any more. 0, or -ETIMEDOUT at `deadline`.
[[nodiscard]] long sleep_outside(const std::uint32_t* word, std::uint32_t number,
                                 Nanoseconds deadline) noexcept;

/// FUTEX_UNLOCK_PI, as `operation` has it, for the calling outsider, its signals blocked, or a founder at
/// home.
[[nodiscard]] long unlock_outside(std::uint32_t* word, int operation) noexcept;

/// There are no fibers any more: outsiders that sleep are to wait in the kernel.
void send_to_kernel() noexcept;

}  // namespace unblock::futex_pi
