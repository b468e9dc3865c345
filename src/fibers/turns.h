// Fibers that always find what they ask for: they never wait, and others would wait for them.
//
// A server whose client has sent the next request before it looks goes on from one to the next. It would have
// its processor for a slice, and then a kernel thread for itself, as much of the machine as all others
// together.
#pragma once

#include "fibers/fiber.h"

namespace unblock::turns {

/// `fiber`, the calling one, has read something from `fd` without having waited for it: if others have waited
/// for long, it is their turn before this returns. Not for a sibling in the middle of what it has to say on a
/// descriptor that all of them share.
void found(Fiber& fiber, int fd) noexcept;

}  // namespace unblock::turns
