// Calls that wait where the loop cannot: the fiber sleeps in the kernel, its kernel thread with it.
#pragma once

#include "fibers/fiber.h"

namespace unblock::in_place {

/// Makes system call `nr`, which is expected to sleep: the processor goes to another carrier beforehand.
/// A signal for the fiber interrupts it. Returns the kernel's answer, with restart_if_asked for an
/// interrupted call that the kernel would restart for a handler with SA_RESTART.
long sleeping(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept;

/// Whether `fiber` may wait by sleeping() where it might also park: it has no deadline of its own, and the
/// others need neither its kernel thread nor its pace.
[[nodiscard]] bool may_sleep(const Fiber& fiber) noexcept;

/// Makes one that may sleep but mostly does not: the watchdog retakes the processor if it lasts.
long perhaps(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept;

/// Makes one that never sleeps.
long quick(long nr, const long (&arguments)[6]) noexcept;

/// Whether the call that `fiber` just made, and that gave restart_if_asked, was called off by the watchdog:
/// it is to be thought over, not to be made again. Once true, then false.
[[nodiscard]] bool called_off(Fiber& fiber) noexcept;

/// What a signal handler on this kernel thread does to a call of ours it interrupts, given the interrupted
/// instruction's address: the address to go on at, so that the call returns to be handled; or 0.
[[nodiscard]] unsigned long interrupted_at(unsigned long instruction) noexcept;

}  // namespace unblock::in_place
