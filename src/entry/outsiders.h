// Outsiders: threads of the program that are no fibers, beside those that are. They were there before
// unblock_start(), or were made by such. The kernel answers their calls; what fibers must know of comes here
// first.
#pragma once

#include <atomic>

#include "entry/frame.h"

namespace unblock::outsiders {

namespace detail {
extern std::atomic<bool> admitted;
}

/// Whether there may be some: who wakes sleepers must then wake the kernel's, too.
[[nodiscard]] inline bool present() noexcept { return detail::admitted.load(std::memory_order_relaxed); }

/// From here on their calls come to answer().
void admit() noexcept;

/// From here on they do not, and none is in it any more.
void dismiss() noexcept;

/// In a fork's child: there are none.
void forget() noexcept;

/// Answers a call of the calling thread, which is no fiber, or does what fibers need before the kernel does.
[[nodiscard]] Verdict answer(Frame& frame);

/// Whether the calling flow is a thread of the program's, and not one of ours.
[[nodiscard]] bool of_program() noexcept;

/// The calling thread makes a child in its memory (vfork(2)), which has its variables until it is gone:
/// whatever the child does is none of ours.
void lend(bool lent) noexcept;
[[nodiscard]] bool lent() noexcept;

}  // namespace unblock::outsiders
