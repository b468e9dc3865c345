// The run queue, the inbox and the rounds of a processor.
#include "processor.h"

#include <x86intrin.h>

#include "scheduler.h"
#include "stats.h"
#include "watchdog.h"

namespace unblock {

void Processor::post(Fiber& fiber) noexcept {
  Fiber* top = inbox_.load(std::memory_order_relaxed);
  do {
    fiber.next = top;
  } while (!inbox_.compare_exchange_weak(top, &fiber, std::memory_order_seq_cst, std::memory_order_relaxed));
  // A: after the push; seq_cst. Matches B in poll(): either the holder sees the fiber, or we see it sleep.
  if (sleeping.load(std::memory_order_seq_cst) && sleeping.exchange(false)) loop_.wake();
}

void Processor::push(Fiber& fiber) noexcept {
  fiber.next = nullptr;
  (first_ ? last_->next : first_) = &fiber;
  last_ = &fiber;
  ++ready_;
}

void Processor::drain() noexcept {
  if (!inbox_.load(std::memory_order_relaxed)) return;
  Fiber* taken = inbox_.exchange(nullptr, std::memory_order_acquire);
  Fiber* ordered = nullptr;
  while (taken) {
    Fiber* next = taken->next;
    taken->next = ordered;
    ordered = taken;
    taken = next;
  }
  while (ordered) {
    Fiber* next = ordered->next;
    push(*ordered);
    ordered = next;
  }
}

Fiber* Processor::pick() noexcept {
  if (round_ == 0) {
    drain();
    // The loop's turn. No round begins before it: whoever asks next would get a fiber, and the loop no turn.
    if (ready_ == 0 || __rdtsc() - polled_ > limits::busy_poll_cycles) return nullptr;
    round_ = ready_;
  }
  Fiber* fiber = first_;
  first_ = fiber->next;
  // Each has its stack and block elsewhere, and both are cold by now: fetched while this one runs.
  if (first_) {
    __builtin_prefetch(first_->context.stack);
    __builtin_prefetch(static_cast<char*>(first_->context.stack) + limits::cache_line);
    if (first_->next) __builtin_prefetch(first_->next);
  }
  --ready_;
  --round_;
  tick.store(tick.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return fiber;
}

void Processor::expire() noexcept {
  if (deadlines.size() == 0) return;
  const Nanoseconds now = clock_time::now();
  while (Fiber* fiber = deadlines.take_expired(now))
    if (scheduler::claim_wake(*fiber, -ETIMEDOUT)) push(*fiber);
}

void Processor::poll() noexcept {
  drain();
  Nanoseconds until = 0;
  if (ready_ == 0) {
    until = deadlines.soonest();
    sleeping.store(true, std::memory_order_seq_cst);
    // B: after the store; seq_cst. Matches A in post().
    if (inbox_.load(std::memory_order_seq_cst)) until = 0;
  }
  loop_.poll(until, watches);
  sleeping.store(false, std::memory_order_relaxed);
  stats::count(stats::polls);
  watchdog::notice_activity();
  expire();
  drain();
  round_ = ready_;
  polled_ = __rdtsc();
}

}  // namespace unblock
