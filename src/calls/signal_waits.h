// The system calls that wait for signals.
#pragma once

#include <csignal>
#include <ctime>

#include "fibers/fiber.h"
#include "signals/signals.h"

namespace unblock::calls {

// Each as its page in section 2 of the manual, errors included.
long pause(Fiber& fiber) noexcept;
long rt_sigsuspend(Fiber& fiber, const SignalSet* mask, std::size_t size) noexcept;
long rt_sigtimedwait(Fiber& fiber, const SignalSet* set, siginfo_t* info, const timespec* timeout,
                     std::size_t size) noexcept;

/// Whether `nr` is one of these.
[[nodiscard]] bool waits_for_signals(long nr) noexcept;

/// Makes it on the fiber's own kernel thread. That takes what rt_sigtimedwait(2) waits for from the kernel
/// itself; handlers run at the runtime's edge all the same.
long wait_for_signals_natively(Fiber& fiber, long nr, const long (&words)[6]) noexcept;

}  // namespace unblock::calls
