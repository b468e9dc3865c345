// The CPU time of fibers.
#include "fibers/cpu_time.h"

#include <algorithm>

#include "fibers/carrier.h"
#include "fibers/fiber.h"
#include "kernel.h"

namespace unblock::cpu_time {

namespace {

Nanoseconds read(clockid_t clock) noexcept {
  timespec time{};
  return kernel::call(SYS_clock_gettime, clock, &time) == 0 ? clock_time::from(time) : 0;
}

Nanoseconds here() noexcept { return read(CLOCK_THREAD_CPUTIME_ID); }

void charge(Fiber& fiber, Nanoseconds time) noexcept {
  fiber.cpu.spent.fetch_add(std::max<Nanoseconds>(0, time), std::memory_order_relaxed);
}

// Notes that so much was told, and returns the most that ever was.
Nanoseconds tell(CpuAccount& account, Nanoseconds spent) noexcept {
  Nanoseconds told = account.told.load(std::memory_order_relaxed);
  while (told < spent && !account.told.compare_exchange_weak(told, spent, std::memory_order_release)) {}
  return std::max(told, spent);
}

// The calling fiber's run, `begun` at a time of its kernel thread's clock, is over, and moves into the
// account. Who reads while it is in neither is told what the sum will be.
void settle(Fiber& fiber, std::atomic<Nanoseconds>& begun, Nanoseconds now) noexcept {
  if (const Nanoseconds since = begun.load(std::memory_order_relaxed))
    tell(fiber.cpu, fiber.cpu.spent.load(std::memory_order_relaxed) + now - since);
  if (const Nanoseconds since = begun.exchange(0)) charge(fiber, now - since);
}

// Begins the exact account of the calling fiber.
void begin(Fiber& fiber) noexcept {
  const Nanoseconds now = here();
  settle(fiber, fiber.carrier->alone_since, now);
  fiber.cpu.boarded.store(now, std::memory_order_relaxed);
  fiber.timed.store(true, std::memory_order_release);
}

// What it spends where it is now, by that kernel thread's clock.
Nanoseconds on_carrier(const Fiber& fiber) noexcept {
  if (!fiber.on_carrier.load(std::memory_order_acquire)) return 0;
  const Carrier& carrier = *fiber.carrier;
  const bool exact = fiber.timed.load(std::memory_order_acquire);
  const auto& begun = exact ? fiber.cpu.boarded : carrier.alone_since;
  const Nanoseconds since = begun.load(std::memory_order_acquire);
  if (since == 0) return 0;
  const Nanoseconds now = of_kernel_thread(carrier.ktid.load(std::memory_order_relaxed));
  // It may have left meanwhile, and the clock be another's.
  const bool still = carrier.running == &fiber && begun.load(std::memory_order_acquire) == since;
  return still ? std::max<Nanoseconds>(0, now - since) : 0;
}

}  // namespace

// By its clock's number, CPUCLOCK_SCHED and CPUCLOCK_PERTHREAD: clock_getcpuclockid(3).
Nanoseconds of_kernel_thread(pid_t ktid) noexcept {
  return read(static_cast<clockid_t>(~static_cast<unsigned>(ktid) << 3 | 6u));
}

Nanoseconds of(Fiber& fiber) noexcept {
  if (!fiber.timed.load(std::memory_order_relaxed)) {
    if (&fiber == self())
      begin(fiber);
    else if (!fiber.on_carrier.load(std::memory_order_acquire))
      fiber.timed.store(true, std::memory_order_release);
  }
  // In this order: a run that moves from the second into the first meanwhile is not counted twice.
  const Nanoseconds spent = fiber.cpu.spent.load(std::memory_order_acquire);
  return tell(fiber.cpu, spent + on_carrier(fiber));
}

void board(Fiber& fiber) noexcept { fiber.cpu.boarded.store(here(), std::memory_order_release); }

void leave(Fiber& fiber) noexcept {
  const bool exact = fiber.cpu.boarded.load(std::memory_order_relaxed) != 0;
  settle(fiber, exact ? fiber.cpu.boarded : fiber.carrier->alone_since, here());
  not_alone(*fiber.carrier);
}

void sample(Fiber& fiber, Nanoseconds interval) noexcept {
  if (!fiber.timed.load(std::memory_order_relaxed)) charge(fiber, interval);
}

void alone(Carrier& carrier) noexcept {
  carrier.alone_since.store(of_kernel_thread(carrier.ktid.load(std::memory_order_relaxed)),
                            std::memory_order_relaxed);
}

void not_alone(Carrier& carrier) noexcept { carrier.alone_since.store(0, std::memory_order_relaxed); }

void adopt(Fiber& main) noexcept { main.cpu.spent.store(here(), std::memory_order_relaxed); }

void reset(CpuAccount& account) noexcept {
  account.spent.store(0, std::memory_order_relaxed);
  account.boarded.store(0, std::memory_order_relaxed);
  account.told.store(0, std::memory_order_relaxed);
  account.user = account.system = 0;
}

}  // namespace unblock::cpu_time
