// The priority-inheritance operations of futex(2), without the priorities.
#pragma once

#include <cstdint>
#include <ctime>

#include "fiber.h"

namespace unblock::futex_pi {

/// FUTEX_LOCK_PI, _LOCK_PI2, _TRYLOCK_PI and _UNLOCK_PI for `fiber`: ownership is handed from fiber to
/// fiber in order of arrival; fibers have no priorities to inherit. Errors as futex(2).
long call(Fiber& fiber, std::uint32_t* word, int command, bool realtime, const timespec* timeout) noexcept;

/// The owner of `word` ends: hands it to the oldest waiter, marked as its dead owner's.
void owner_died(Fiber& fiber, std::uint32_t* word) noexcept;

}  // namespace unblock::futex_pi
