// How fibers come to run, wait and wake: the switch between flows, and who holds the processor.
#pragma once

#include <boost/context/detail/fcontext.hpp>

#include "fibers/carrier.h"
#include "fibers/fiber.h"
#include "stats.h"

namespace unblock {

class Processor;

namespace scheduler {

namespace detail {
void queue_for_processor(Fiber& fiber) noexcept;
}

/// Enters the part of the runtime that needs a processor: returns once `fiber`, the calling one, holds one,
/// which is its home then. If the watchdog has taken its own away, the fiber queues for it like one that was
/// woken, and its kernel thread becomes a spare carrier. Every acquire() is paired with a release().
inline void acquire(Fiber& fiber) noexcept {
  if (!fiber.carrier->enter()) [[unlikely]]
    detail::queue_for_processor(fiber);
}

/// Leaves it: from here on the processor may be retaken.
inline void release(Fiber& fiber) noexcept {
  fiber.carrier->claim.store(Claim::Outside, std::memory_order_release);
}

/// Announces that `fiber`, the calling one, is about to park; from here on claim_wake() can win it.
/// Interruptible waits go on to check for signals (signals::interrupted): the order of the two matters.
inline void prepare_wait(Fiber& fiber) noexcept {
  fiber.wake_result = 0;
  fiber.wait.store(Wait::Waiting, std::memory_order_release);
  // A: announced first, then looked for signals. Matches B in interrupt().
  fences::light();
}

/// Gives up what prepare_wait() announced. False if somebody has woken the fiber meanwhile: park() must
/// follow, and returns at once or nearly so.
[[nodiscard]] inline bool cancel_wait(Fiber& fiber) noexcept {
  Wait expected = Wait::Waiting;
  return fiber.wait.compare_exchange_strong(expected, Wait::None, std::memory_order_seq_cst);
}

/// Sleeps until woken. The processor must be held, and is again afterwards. Returns what the waker gave.
long park(Fiber& fiber) noexcept;

/// Tries to be the one who wakes `fiber`, with `result`. The winner must make it ready. Any thread.
[[nodiscard]] inline bool claim_wake(Fiber& fiber, long result) noexcept {
  Wait expected = Wait::Waiting;
  if (!fiber.wait.compare_exchange_strong(expected, Wait::Woken, std::memory_order_seq_cst)) return false;
  fiber.wake_result = result;
  stats::count(stats::wakes);
  return true;
}

/// Wakes `fiber` with `result` if it waits and nobody else did; says whether. Any kernel thread,
/// async-signal-safe.
bool wake(Fiber& fiber, long result) noexcept;

/// The same by a flow that is no signal handler and has no lock but of the parking lot: without the inbox, if
/// it is a fiber whose own processor the woken one goes to.
bool wake_near(Fiber& fiber, long result) noexcept;

/// Makes `newborn`, whose home says where it is to begin, ready there for `parent`, the calling fiber: without
/// the inbox if that holds the processor.
void begin_near(Fiber& parent, Fiber& newborn) noexcept;

/// Wakes `fiber` with -EINTR if it waits, so that it looks whom its attention, set until then, is for; says
/// whether. Any kernel thread, async-signal-safe.
bool interrupt(Fiber& fiber) noexcept;

/// Lets the other ready fibers run first. See sched_yield(2). True now and then where nobody does anything
/// but yield: whoever computes what they wait for, on another kernel thread, should have the CPU.
bool yield(Fiber& fiber) noexcept;

/// Lets the ready fibers run once, each until it waits, and goes on then. The processor must be held, and is
/// again afterwards.
void let_round_run(Fiber& fiber) noexcept;

/// The same in the program's code: for a fiber that has lost its processor, too, which has one again
/// afterwards.
void let_others(Fiber& fiber) noexcept;

/// Goes on with `other`, which others run, behind those that are ready there. In the program's code; a fiber
/// without a processor has one again afterwards.
void move_to(Fiber& fiber, Processor& other) noexcept;

/// Lets `copy`, a new sibling of the calling fiber, go on from here at once, and the caller later: returns
/// twice. The processor must be held, and is by each of them afterwards.
void split(Fiber& original, Fiber& copy) noexcept;

/// Gives the processor to another carrier, since the call that follows will sleep in the kernel.
void hand_off(Fiber& fiber) noexcept;

/// Moves `fiber`, the calling one and the only one there is, to the first carrier's kernel thread.
void move_to_first_carrier(Fiber& fiber) noexcept;

/// Moves `fiber`, the calling one, to its own kernel thread, which runs nobody. It holds no processor there.
void go_home(Fiber& fiber, Carrier& own) noexcept;

/// Ends `fiber`, the calling one: its control block is taken back once its stack is no longer used.
[[noreturn]] void exit(Fiber& fiber) noexcept;

/// Runs `fiber` on `carrier`, from the idle loop, until some fiber gives control back to that loop.
void run(Carrier& carrier, Fiber& fiber) noexcept;

/// First thing for every flow that was switched to: saves the flow left behind. Returns the carrier.
Carrier& arrived(boost::context::detail::transfer_t arrival) noexcept;

}  // namespace scheduler
}  // namespace unblock
