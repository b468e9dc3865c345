// Calls that are left to the kernel although we could answer them: --except, unblock_call().
#pragma once

#include "fibers/fiber.h"

namespace unblock::calls {

/// Makes system call `nr`, which is of a facility (facilities.h) or not in the list, on the fiber's own
/// kernel thread. The others go on: at once if it is seen to wait, else when it has lasted. Returns as every
/// handler does.
long natively(Fiber& fiber, long nr, const long (&words)[6]) noexcept;

}  // namespace unblock::calls
