// User and group ids: the kernel keeps them for each thread, POSIX for the process.
#pragma once

#include "fibers/fiber.h"

namespace unblock {

struct Carrier;

namespace credentials {

/// Answers setuid(2) and its relatives. glibc makes the call in each of its threads, by a signal to it, and
/// last in the one that asked: once for each kernel thread is enough, and what was once swapped is not to be
/// swapped back. Spare carriers and the watchdog follow before they do anything for the program.
long change(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept;

/// The calling thread, which is no fiber, was the last to make such a call: ours follow.
void changed() noexcept;

/// Gives the calling kernel thread of ours, which last looked at `generation`, the process' ids.
void follow(unsigned& generation) noexcept;

/// In a fork's child, which has one kernel thread and its ids.
void forget() noexcept;

}  // namespace credentials
}  // namespace unblock
