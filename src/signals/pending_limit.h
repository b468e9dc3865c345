// RLIMIT_SIGPENDING: how many signals may pend for a user's processes. The kernel counts those that it has,
// not ours.
#pragma once

namespace unblock::pending_limit {

/// Whether one more signal is too much, with those of ours that pend. Any kernel thread.
[[nodiscard]] bool reached() noexcept;

/// The program has set it.
void changed() noexcept;

/// One more pends with us; one fewer, both with the signals' lock; none, in a fork's child.
void count_one_more() noexcept;
void count_one_fewer() noexcept;
void forget() noexcept;

}  // namespace unblock::pending_limit
