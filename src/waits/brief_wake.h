// FUTEX_WAKE at a private word, the way most end: nobody sleeps there, or one who goes on at the waker's own
// processor.
#pragma once

#include <cstdint>

#include "fibers/fiber.h"

namespace unblock::futex {

/// Wakes up to `count` sleepers at `word` for `waker`, the calling fiber, which is in the runtime; says how
/// many. Negative, with nothing done, where that takes more than a few words: futex::call() does it. Uses no
/// vector registers.
[[nodiscard]] long wake_briefly(Fiber& waker, std::uintptr_t word, int count) noexcept;

/// The same for one sleeper, by the holder of `processor`, which is in the runtime; it may be the idle loop.
[[nodiscard]] long wake_one_briefly(Processor& processor, std::uintptr_t word) noexcept;

}  // namespace unblock::futex
