// Switching between flows.
#include "fibers/scheduler.h"

#include <x86intrin.h>

#include "events.h"
#include "fibers/cpu_time.h"
#include "fibers/credentials.h"
#include "fibers/processor.h"
#include "fibers/processors.h"
#include "fibers/threads.h"
#include "kernel.h"
#include "runtime_limits.h"
#include "siblings/slices.h"
#include "stats.h"
#include "waits/own_thread.h"

namespace unblock::scheduler {

namespace {

// Goes on with `to` here. Thread-local variables are the target's from set_fs() on, and the kernel
// thread may be another one on return: nothing about either may be kept across. So whoever calls this is not
// to be inlined itself.
[[gnu::always_inline]] inline void jump(Carrier& carrier, Fiber* leaver, Context& from,
                                        Context& to) noexcept {
  carrier.leaver = leaver;
  carrier.leaving = &from;
  context::set_fs(to.fs);
  arrived(context::jump(to.stack, &carrier));
}

// Another kernel thread may just be leaving `fiber`: that takes an instant, unless it was preempted
// meanwhile, perhaps for us to run.
[[gnu::noinline]] void wait_until_left(const Fiber& fiber) noexcept {
  constexpr timespec a_while{0, limits::preempted_leaving_us * 1000L};
  for (int spins = 0; fiber.on_carrier.load(std::memory_order_acquire); ++spins)
    spins < limits::leaving_spins ? __builtin_ia32_pause()
                                  : static_cast<void>(kernel::call(SYS_nanosleep, &a_while, nullptr));
}

// Makes the next flow of `carrier` be `fiber`.
inline void board(Carrier& carrier, Fiber& fiber) noexcept {
  if (fiber.on_carrier.load(std::memory_order_acquire)) [[unlikely]]
    wait_until_left(fiber);
  credentials::follow(carrier.credentials);
  fiber.on_carrier.store(true, std::memory_order_relaxed);
  fiber.carrier = &carrier;
  fiber.home = carrier.processor;
  carrier.running = &fiber;
  if (fiber.timed.load(std::memory_order_relaxed)) [[unlikely]]
    cpu_time::board(fiber);
}

// Leaves `fiber` for the next ready one, or for the idle loop.
[[gnu::noinline]] void leave(Fiber& fiber, Fiber* next) noexcept {
  Carrier& carrier = *fiber.carrier;
  if (next == &fiber) return;
  if (fiber.timed.load(std::memory_order_relaxed) || carrier.alone_since.load(std::memory_order_relaxed))
      [[unlikely]]
    cpu_time::leave(fiber);
  stats::count(stats::switches);
  if (next && !next->on_carrier.load(std::memory_order_acquire) && slices::in_place(*next)) [[likely]] {
    board(carrier, *next);
    jump(carrier, &fiber, fiber.context, next->context);
  } else {
    // The idle loop puts a sibling's stack in place. One that is still being left elsewhere it waits for:
    // to wait for it here, in a fiber that the other kernel thread may in turn wait for, would be for ever.
    carrier.next_fiber = next;
    carrier.running = nullptr;
    jump(carrier, &fiber, fiber.context, carrier.context);
  }
}

// Makes `woken` ready at the processor that `waker`, the calling fiber, holds; false if it holds none. Its
// claim is what it was: who ends another fiber in between two is in the runtime already. A vfork's child runs
// as its parent, which is not to be disturbed.
bool push_near(Fiber& waker, Fiber& woken) noexcept {
  if (!waker.home || (waker.native_only & Fiber::as_child)) [[unlikely]]
    return false;
  Carrier& carrier = *waker.carrier;
  const bool inside = carrier.claim.load(std::memory_order_relaxed) == Claim::Inside;
  if (!inside && !carrier.enter()) [[unlikely]]
    return false;
  Processor& processor = *carrier.processor;
  processor.push(woken);
  processor.nudge();  // its loop may wait for it elsewhere: Processor::rest()
  if (!inside) release(waker);
  return true;
}

}  // namespace

Carrier& arrived(boost::context::detail::transfer_t arrival) noexcept {
  Carrier& carrier = *static_cast<Carrier*>(arrival.data);
  carrier.leaving->stack = arrival.fctx;
  if (Fiber* left = carrier.leaver) {
    if (left->exiting)
      threads::bury(*left, carrier);
    else
      left->on_carrier.store(false, std::memory_order_release);  // its stack is saved: others may run it
  }
  return carrier;
}

// For one that has none. Another carrier may take the fiber up at once: it waits for on_carrier to clear.
void detail::queue_for_processor(Fiber& fiber) noexcept {
  processors::at_leisure(*fiber.home).post(fiber);
  leave(fiber, nullptr);
}

long park(Fiber& fiber) noexcept {
  if (events::watched()) [[unlikely]]
    events::parks(fiber);
  if (slices::stays(fiber)) [[unlikely]]
    slices::wait_alone(fiber);
  else
    leave(fiber, fiber.carrier->processor->pick());
  fiber.wait.store(Wait::None, std::memory_order_relaxed);
  if (events::watched()) [[unlikely]]
    events::resumed(fiber);
  return fiber.wake_result;
}

bool wake(Fiber& fiber, long result) noexcept {
  if (!claim_wake(fiber, result)) return own_thread::wake(fiber, result);
  processors::for_woken(fiber).post(fiber);
  return true;
}

bool wake_near(Fiber& fiber, long result) noexcept {
  if (!claim_wake(fiber, result)) return own_thread::wake(fiber, result);
  Fiber* const waker = self();
  if (!waker || !push_near(*waker, fiber)) processors::for_woken(fiber).post(fiber);
  return true;
}

void begin_near(Fiber& parent, Fiber& newborn) noexcept {
  if (newborn.home != parent.home || !push_near(parent, newborn)) newborn.home->post(newborn);
}

bool interrupt(Fiber& fiber) noexcept {
  fiber.signals.attention.store(1, std::memory_order_seq_cst);
  // B: whoever announced a wait without a look at what we stored before has announced it for us to see.
  // Matches A in prepare_wait().
  if (&fiber != self()) fences::heavy_or_wait();
  return wake(fiber, -EINTR);
}

bool yield(Fiber& fiber) noexcept {
  if (slices::stays(fiber)) return false;
  acquire(fiber);
  let_round_run(fiber);
  const bool in_vain = fiber.carrier->processor->only_yields();
  release(fiber);
  return in_vain;
}

void let_round_run(Fiber& fiber) noexcept {
  fiber.carrier->processor->push_last(fiber);
  leave(fiber, fiber.carrier->processor->pick());
}

void let_others(Fiber& fiber) noexcept {
  if (fiber.carrier->enter()) {
    let_round_run(fiber);
  } else {
    detail::queue_for_processor(fiber);
  }
  release(fiber);
}

void move_to(Fiber& fiber, Processor& other) noexcept {
  Fiber* next = fiber.carrier->enter() ? fiber.carrier->processor->pick() : nullptr;
  other.post(fiber);
  leave(fiber, next);
  release(fiber);
}

void split(Fiber& original, Fiber& copy) noexcept {
  original.carrier->processor->push(original);
  leave(original, &copy);
}

void hand_off(Fiber& fiber) noexcept {
  if (!fiber.carrier->enter()) return;
  Carrier& carrier = *fiber.carrier;
  Processor& processor = *carrier.processor;
  // First ours is off: once given, the processor may already be retaken from its new holder.
  carrier.claim.store(Claim::None, std::memory_order_relaxed);
  if (carriers::give(processor)) {
    cpu_time::alone(carrier);
    stats::count(stats::handoffs);
    return;
  }
  processor.holder.store(&carrier, std::memory_order_relaxed);
  carrier.claim.store(Claim::Outside, std::memory_order_release);
}

void move_to_first_carrier(Fiber& fiber) noexcept {
  acquire(fiber);
  Carrier& carrier = *fiber.carrier;
  Processor& processor = *carrier.processor;
  processors::close_all_but(&processor);
  if (!carrier.first) {
    processor.push(fiber);
    carrier.claim.store(Claim::None, std::memory_order_relaxed);
    carriers::give_to_first(processor);
    leave(fiber, nullptr);
  }
  release(fiber);
}

void go_home(Fiber& fiber, Carrier& own) noexcept {
  if (fiber.carrier == &own) return;
  Fiber* next = fiber.carrier->enter() ? fiber.carrier->processor->pick() : nullptr;
  carriers::call_home(own, fiber);  // it waits there until this flow is saved
  leave(fiber, next);
}

void exit(Fiber& fiber) noexcept {
  Fiber* next = fiber.carrier->enter() ? fiber.carrier->processor->pick() : nullptr;
  fiber.exiting = true;
  leave(fiber, next);
  __builtin_unreachable();
}

[[gnu::noinline]] void run(Carrier& carrier, Fiber& fiber) noexcept {
  stats::count(stats::switches);
  board(carrier, fiber);
  if (fiber.sibling) slices::seat(fiber);
  jump(carrier, nullptr, carrier.context, fiber.context);
}

}  // namespace unblock::scheduler
