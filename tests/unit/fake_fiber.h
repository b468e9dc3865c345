// Fibers that never run: what queues, heaps and wakers do with them can be looked at.
#pragma once

#include "fibers/fiber.h"
#include "fibers/processor.h"
#include "fibers/scheduler.h"

namespace unblock::test {

/// Makes `fiber` look asleep with `home`.
inline void put_to_sleep(Fiber& fiber, Processor& home) {
  fiber.home = &home;
  scheduler::prepare_wait(fiber);
}

/// Whether somebody woke it, but it has not run since.
inline bool woken(const Fiber& fiber) { return fiber.wait.load() == Wait::Woken; }

}  // namespace unblock::test
