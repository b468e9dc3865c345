// User and group ids: the kernel keeps them for each thread, POSIX for the process.
#pragma once

#include <atomic>

#include "fibers/fiber.h"

namespace unblock {

struct Carrier;

namespace credentials {

namespace detail {
extern std::atomic<unsigned> generation;
void catch_up(unsigned& seen) noexcept;
}

/// Answers setuid(2) and its relatives. glibc makes the call in each of its threads, by a signal to it, and
/// last in the one that asked: once for each kernel thread is enough, and what was once swapped is not to be
/// swapped back. Spare carriers and the watchdog follow before they do anything for the program.
long change(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept;

/// The calling thread, which is no fiber, was the last to make such a call: ours follow.
void changed() noexcept;

/// Gives the calling kernel thread of ours, which has `seen` that many changes, the process' ids.
inline void follow(unsigned& seen) noexcept {
  if (seen != detail::generation.load(std::memory_order_acquire)) [[unlikely]]
    detail::catch_up(seen);
}

/// In a fork's child, which has one kernel thread and its ids.
void forget() noexcept;

}  // namespace credentials
}  // namespace unblock
