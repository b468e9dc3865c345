// Waiting on a kernel thread of one's own.
#include "waits/own_thread.h"

#include <algorithm>
#include <cerrno>
#include <linux/futex.h>
#include <x86intrin.h>

#include "entry/in_place.h"
#include "events.h"
#include "fibers/credentials.h"
#include "kernel.h"
#include "runtime_limits.h"
#include "stats.h"
#include "waits/parking_lot.h"

namespace unblock::own_thread {

namespace {

constinit std::atomic<unsigned> waiting{0};  // kernel threads that wait here

// Sleeps until woken, or `until`. False if the time was over first.
bool sleep(Fiber& fiber, Nanoseconds until) noexcept {
  std::atomic<std::uint32_t>& woken = fiber.carrier->woken;
  const timespec time = clock_time::to_timespec(until);
  while (woken.load(std::memory_order_acquire) == 0) {
    const long result =
        kernel::call(SYS_futex, &woken, FUTEX_WAIT_BITSET_PRIVATE, 0, &time, nullptr, FUTEX_BITSET_MATCH_ANY);
    Wait expected = Wait::Alone;
    if (result == -ETIMEDOUT && fiber.wait.compare_exchange_strong(expected, Wait::None)) return false;
  }
  return true;
}

// Sleeps where it is queued. True with the result, as wait() has it.
bool sleep_queued(Fiber& fiber, Nanoseconds deadline, long& result) noexcept {
  const std::uintptr_t address = fiber.futex_node.address;
  const Nanoseconds patience = clock_time::now() + limits::own_thread_waits_ms * (second / 1000);
  events::parks(fiber);
  const bool woken = sleep(fiber, std::min(deadline, patience));
  events::resumed(fiber);
  const bool still_there = parking_lot::remove(fiber.futex_node) && fiber.futex_node.address == address;
  const bool over = !woken && deadline <= patience;
  // Where a wake-up has just passed it by, or it was moved to another word: woken for nothing, as may be.
  result = woken ? fiber.wake_result : over ? -ETIMEDOUT : 0;
  return woken || over || !still_there;
}

}  // namespace

void grant(Carrier& carrier, const Fiber& fiber) noexcept {
  carrier.short_runs.store(0, std::memory_order_relaxed);
  carrier.owner.store(&fiber, std::memory_order_release);
}

void keep(Fiber& fiber) noexcept {
  Carrier& carrier = *fiber.carrier;
  if (!has(fiber)) grant(carrier, fiber);
  carrier.waited.store(__rdtsc(), std::memory_order_relaxed);
}

// Many short runs one after the other, and it is like any other again.
bool detail::still_computes(Fiber& fiber) noexcept {
  Carrier& carrier = *fiber.carrier;
  const std::uint64_t ran = __rdtsc() - carrier.waited.load(std::memory_order_relaxed);
  const auto short_runs = carrier.short_runs.load(std::memory_order_relaxed) + 1;
  carrier.short_runs.store(ran > limits::own_thread_run_cycles ? 0 : short_runs, std::memory_order_relaxed);
  if (carrier.alone() && short_runs < limits::own_thread_short_runs && !carrier.reserved &&
      in_place::may_sleep(fiber) && waiting.load(std::memory_order_relaxed) < limits::own_threads)
    return true;
  carrier.owner.store(nullptr, std::memory_order_relaxed);
  return false;
}

bool wait(Fiber& fiber, std::uint32_t expected, Nanoseconds deadline, long& result) noexcept {
  Carrier& carrier = *fiber.carrier;
  waiting.fetch_add(1, std::memory_order_relaxed);
  carrier.woken.store(0, std::memory_order_relaxed);
  fiber.wake_result = 0;
  // seq_cst: as in scheduler::prepare_wait().
  fiber.wait.store(Wait::Alone, std::memory_order_seq_cst);
  result = fiber.signals.attention.load(std::memory_order_seq_cst)
               ? -EINTR
               : parking_lot::enqueue(fiber.futex_node, expected);
  bool done = true;
  if (result == 0) {
    done = sleep_queued(fiber, deadline, result);
  } else {
    Wait alone = Wait::Alone;
    if (!fiber.wait.compare_exchange_strong(alone, Wait::None)) static_cast<void>(sleep(fiber, never));
  }
  fiber.wait.store(Wait::None, std::memory_order_relaxed);
  waiting.fetch_sub(1, std::memory_order_relaxed);
  fiber.cut_short |= result == -EINTR;
  credentials::follow(carrier.credentials);
  carrier.waited.store(__rdtsc(), std::memory_order_relaxed);
  return done;
}

bool wake(Fiber& fiber, long result) noexcept {
  Wait expected = Wait::Alone;
  if (!fiber.wait.compare_exchange_strong(expected, Wait::Woken, std::memory_order_seq_cst)) return false;
  // It stays where it is until told.
  Carrier& carrier = *fiber.carrier;
  fiber.wake_result = result;
  stats::count(stats::wakes);
  carrier.woken.store(1, std::memory_order_release);
  kernel::call(SYS_futex, &carrier.woken, FUTEX_WAKE_PRIVATE, 1);
  return true;
}

void forget() noexcept { waiting.store(0, std::memory_order_relaxed); }

}  // namespace unblock::own_thread
