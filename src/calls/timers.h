// Timers that a program makes.
#pragma once

#include <csignal>
#include <ctime>

#include "fibers/fiber.h"

namespace unblock::calls {

// Each as its page in section 2 of the manual; a timer's id is the kernel's number.
long timer_create(Fiber& fiber, clockid_t clock, sigevent* event, int* timer) noexcept;
long timer_settime(Fiber& fiber, int timer, int flags, const itimerspec* wanted, itimerspec* before) noexcept;
long timer_getoverrun(Fiber& fiber, int timer) noexcept;
long timer_delete(Fiber& fiber, int timer) noexcept;

}  // namespace unblock::calls
