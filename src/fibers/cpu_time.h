// The CPU time of a fiber: what its thread's clock would show. See clock_getcpuclockid(3), getrusage(2).
//
// Until somebody asks, a switch between fibers costs nothing for it: the watchdog, which looks now and then,
// charges what it sees computing for the time between two looks, as kernels did by the clock's tick, and a
// fiber that computes past its slice by the clock of the kernel thread that it then has for itself. Once
// somebody has asked for a fiber's time, that one is charged exactly at each of its switches.
#pragma once

#include <atomic>
#include <sys/types.h>

#include "clock.h"

namespace unblock {

struct Carrier;
struct Fiber;

/// Kept in each fiber.
struct CpuAccount {
  std::atomic<Nanoseconds> spent{0};    ///< without what it spends on the carrier it is on
  std::atomic<Nanoseconds> boarded{0};  ///< that carrier's CPU time when it came; 0: on none, or not exact
  std::atomic<Nanoseconds> told{0};     ///< the most that anybody was told: a clock does not go back
  Nanoseconds user = 0;                 ///< of these, how getrusage(2) divided it last
  Nanoseconds system = 0;
};

namespace cpu_time {

/// What a kernel thread of the process has spent; 0 if it is gone. Any thread.
[[nodiscard]] Nanoseconds of_kernel_thread(pid_t ktid) noexcept;

/// What `fiber` has spent. From now on its account is exact. Any thread.
[[nodiscard]] Nanoseconds of(Fiber& fiber) noexcept;

/// At the switches of a fiber whose account is exact, on its carrier's kernel thread; leave() also where it
/// had that for itself.
void board(Fiber& fiber) noexcept;
void leave(Fiber& fiber) noexcept;

/// The watchdog saw `fiber` compute, and looked `interval` ago.
void sample(Fiber& fiber, Nanoseconds interval) noexcept;

/// The carrier's fiber is about to lose its processor, or has given it away: from here on its kernel thread
/// is its own. Undone by not_alone() if it did not. The watchdog, or that fiber.
void alone(Carrier& carrier) noexcept;
void not_alone(Carrier& carrier) noexcept;

/// The calling thread becomes the fiber `main`, with what it has spent so far.
void adopt(Fiber& main) noexcept;

/// For a new life of the control block.
void reset(CpuAccount& account) noexcept;

}  // namespace cpu_time
}  // namespace unblock
