// The carriers' idle loop, and the pool of spare ones.
#include "fibers/carrier.h"

#include <cerrno>
#include <ctime>
#include <linux/futex.h>
#include <utility>

#include "fibers/fiber.h"
#include "fibers/kernel_thread.h"
#include "fibers/processor.h"
#include "fibers/scheduler.h"
#include "kernel.h"
#include "lock.h"
#include "log.h"
#include "memory/memory.h"
#include "options.h"
#include "signals/signals.h"
#include "stats.h"

namespace unblock::carriers {

namespace detail {
constinit std::atomic<Carrier*> all{nullptr};
}

namespace {

constinit Lock lock;  // guards the lists and the count
constinit Carrier* spares = nullptr;
constinit Carrier* ended = nullptr;
constinit int spare_count = 0;
constinit int running = 0;
constinit Carrier* first = nullptr;
constinit Carrier* released = nullptr;  // reserved ones that nobody has
constinit std::atomic<bool> ending{false};

Carrier* create() noexcept {
  auto* memory = memory::map(sizeof(Carrier));
  if (!memory) return nullptr;
  auto* carrier = new (memory) Carrier;
  carrier->stack = memory::map_stack(limits::carrier_stack);
  carrier->fault_stack = memory::map_stack(limits::fault_stack);
  carrier->context.fs = kernel_thread::make_tls();
  if (!carrier->stack || !carrier->fault_stack || !carrier->context.fs) {
    memory::unmap_stack(carrier->stack, limits::carrier_stack);
    memory::unmap_stack(carrier->fault_stack, limits::fault_stack);
    memory::unmap(carrier, sizeof(Carrier));
    return nullptr;
  }
  Carrier* top = detail::all.load(std::memory_order_relaxed);
  do {
    carrier->following = top;
  } while (!detail::all.compare_exchange_weak(top, carrier, std::memory_order_release));
  return carrier;
}

void* stack_top(const Carrier& carrier) noexcept {
  return static_cast<char*>(carrier.stack) + limits::carrier_stack;
}

// Whether this idle carrier, which waited in vain, is one too many; if so it is off the list.
bool superfluous(Carrier& carrier) noexcept {
  Guard guard(lock);
  if (carrier.first || carrier.keep || spare_count <= options::values().spare_carriers) return false;
  for (Carrier** place = &spares; *place; place = &(*place)->next) {
    if (*place != &carrier) continue;
    *place = carrier.next;
    --spare_count;
    --running;
    carrier.next = ended;
    ended = &carrier;
    return true;
  }
  return false;  // taken off by give() just now: work is coming
}

// Waits until the carrier is given a processor. False if it should end.
bool wait_for_work(Carrier& carrier) noexcept {
  if (!carrier.reserved) {
    Guard guard(lock);
    carrier.next = spares;
    spares = &carrier;
    ++spare_count;
  }
  const timespec idle{limits::carrier_idle_s, 0};
  while (carrier.work.load(std::memory_order_acquire) == 0) {
    const long result = kernel::call(SYS_futex, &carrier.work, FUTEX_WAIT_PRIVATE, 0, &idle);
    if (result == -ETIMEDOUT && superfluous(carrier)) return false;
  }
  carrier.work.store(0, std::memory_order_relaxed);
  return !ending.load(std::memory_order_acquire) || carrier.first;
}

// The idle loop: the flow a carrier follows when it runs no fiber.
void idle(Carrier& carrier) noexcept {
  for (;;) {
    if (carrier.claim.load(std::memory_order_relaxed) == Claim::None && !wait_for_work(carrier)) return;
    Processor& processor = *carrier.processor;
    Fiber* fiber = std::exchange(carrier.next_fiber, nullptr);
    if (!fiber) fiber = processor.pick();
    if (!fiber) {
      processor.poll();
      fiber = processor.pick();
    }
    if (fiber) {
      scheduler::run(carrier, *fiber);
    } else if (processor.closing.load(std::memory_order_acquire)) {
      carrier.claim.store(Claim::None, std::memory_order_relaxed);
      processor.holder.store(nullptr, std::memory_order_release);
    }
  }
}

void body(void* argument) {
  auto& carrier = *static_cast<Carrier*>(argument);
  signals::prepare_carrier(carrier);
  idle(carrier);
}

// The first carrier's idle loop is entered by a switch from its fiber, not by a kernel thread's start.
void idle_entry(boost::context::detail::transfer_t arrival) {
  auto& carrier = *static_cast<Carrier*>(arrival.data);
  scheduler::arrived(arrival);
  idle(carrier);
}

// A carrier whose kernel thread has ended, or a new one, with a new kernel thread. Holds the lock.
Carrier* start_another(Processor& processor) noexcept {
  Carrier** place = &ended;
  while (*place && (*place)->ktid.load(std::memory_order_acquire) != 0) place = &(*place)->next;
  Carrier* carrier = *place;
  if (carrier)
    *place = carrier->next;
  else if (!(carrier = create()))
    return nullptr;
  carrier->processor = &processor;
  carrier->claim.store(Claim::Inside, std::memory_order_relaxed);
  if (kernel_thread::start(body, carrier, stack_top(*carrier), carrier->context.fs, carrier->ktid) < 0) {
    carrier->next = ended;
    ended = carrier;
    return nullptr;
  }
  stats::raise(stats::carriers_peak, ++running);
  return carrier;
}

void call_to_work(Carrier& carrier) noexcept {
  carrier.work.store(1, std::memory_order_release);
  kernel::call(SYS_futex, &carrier.work, FUTEX_WAKE_PRIVATE, 1);
}

// Takes `spare` off its `place` in the list. Holds the lock.
void give_to_spare(Carrier& spare, Carrier** place, Processor& processor) noexcept {
  *place = spare.next;
  --spare_count;
  spare.processor = &processor;
  spare.claim.store(Claim::Inside, std::memory_order_relaxed);
  processor.holder.store(&spare, std::memory_order_release);
  call_to_work(spare);
}

// The calling kernel thread is `carrier`, its flow `fiber`, which does not hold its home yet.
void bind(Carrier& carrier, Fiber& fiber, Processor& home) noexcept {
  carrier.first = true;
  carrier.keep = false;
  carrier.processor = &home;
  carrier.ktid.store(static_cast<pid_t>(kernel::call(SYS_gettid)), std::memory_order_relaxed);
  carrier.context.stack =
      boost::context::detail::make_fcontext(stack_top(carrier), limits::carrier_stack, idle_entry);
  carrier.running = &fiber;
  fiber.context.fs = context::current_fs();
  fiber.carrier = &carrier;
  fiber.home = &home;
  fiber.on_carrier.store(true, std::memory_order_relaxed);
  Guard guard(lock);
  stats::raise(stats::carriers_peak, ++running);
}

}  // namespace

bool adopt(Fiber& main, Processor& processor) noexcept {
  Carrier* carrier = first ? first : create();
  if (!carrier) return false;
  first = carrier;
  bind(*carrier, main, processor);
  processor.holder.store(carrier, std::memory_order_relaxed);
  carrier->claim.store(Claim::Outside, std::memory_order_release);
  return true;
}

Carrier* adopt_reserved(Fiber& founder, Processor& home) noexcept {
  Carrier* carrier;
  {
    Guard guard(lock);
    carrier = released;
    if (carrier)
      released = carrier->next;
    else if (!(carrier = create()))
      return nullptr;
  }
  carrier->reserved = true;
  bind(*carrier, founder, home);
  return carrier;
}

void call_home(Carrier& own, Fiber& fiber) noexcept {
  own.next_fiber = &fiber;
  call_to_work(own);
}

void release_reserved(Carrier& own) noexcept {
  own.running = nullptr;
  own.ktid.store(0, std::memory_order_relaxed);
  Guard guard(lock);
  --running;
  own.next = released;
  released = &own;
}

bool give(Processor& processor) noexcept {
  Guard guard(lock);
  if (Carrier* spare = spares) {
    give_to_spare(*spare, &spares, processor);
    return true;
  }
  Carrier* carrier = start_another(processor);
  if (!carrier) {
    log::debug(log::sched, "the kernel has no thread for another carrier");
    return false;
  }
  processor.holder.store(carrier, std::memory_order_release);
  return true;
}

void give_to_first(Processor& processor) noexcept {
  // It may be on its way to the spare ones yet.
  for (;; kernel::call(SYS_sched_yield)) {
    Guard guard(lock);
    for (Carrier** place = &spares; *place; place = &(*place)->next) {
      if (*place != first) continue;
      give_to_spare(*first, place, processor);
      return;
    }
  }
}

void end_others() noexcept {
  ending.store(true, std::memory_order_release);
  Carrier* gone = nullptr;
  each([&](Carrier& carrier) {
    if (carrier.first) return;
    call_to_work(carrier);
    const pid_t ktid = carrier.ktid.load(std::memory_order_acquire);
    while (carrier.ktid.load(std::memory_order_acquire))
      kernel::call(SYS_futex, &carrier.ktid, FUTEX_WAIT, ktid, nullptr);
    if (ktid) kernel_thread::await_gone(ktid);
    carrier.work.store(0, std::memory_order_relaxed);
    carrier.keep = false;
    carrier.next = gone;
    gone = &carrier;
  });
  spares = nullptr;
  ended = gone;
  spare_count = 0;
  running = 0;
  if (first) {
    first->running = nullptr;
    first->claim.store(Claim::None, std::memory_order_relaxed);
    first->retake.store(Retake::No, std::memory_order_relaxed);
  }
  ending.store(false, std::memory_order_release);
}

void forget_all() noexcept {
  lock.reset();
  first = released = nullptr;
  spares = ended = nullptr;
  spare_count = running = 0;
  detail::all.store(nullptr, std::memory_order_relaxed);
}

}  // namespace unblock::carriers
