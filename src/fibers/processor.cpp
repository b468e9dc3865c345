// The run queue, the inbox and the rounds of a processor.
#include "fibers/processor.h"

#include <algorithm>
#include <x86intrin.h>

#include "fibers/processors.h"
#include "fibers/scheduler.h"
#include "options.h"
#include "stats.h"
#include "watchdog/watchdog.h"

namespace unblock {

Processor::Processor(EventLoop& loop, int place) noexcept
    : watches(loop, waits), number(place), loop_(loop), polled_(__rdtsc()) {}

void Processor::post(Fiber& fiber) noexcept {
  Fiber* top = inbox_.load(std::memory_order_relaxed);
  do {
    fiber.next = top;
  } while (!inbox_.compare_exchange_weak(top, &fiber, std::memory_order_seq_cst, std::memory_order_relaxed));
  // A: after the push; seq_cst. Matches B in poll(): either the holder sees the fiber, or we see it sleep.
  nudge();
}

void Processor::nudge() noexcept {
  if (sleeping.load(std::memory_order_seq_cst) && sleeping.exchange(false)) loop_.wake();
}

namespace {

// What an inbox held, in order of arrival.
Fiber* reversed(Fiber* taken) noexcept {
  Fiber* ordered = nullptr;
  while (taken) {
    Fiber* next = taken->next;
    taken->next = ordered;
    ordered = taken;
    taken = next;
  }
  return ordered;
}

}  // namespace

bool Processor::empty_out(std::atomic<Fiber*>& inbox) noexcept {
  Fiber* fiber = reversed(inbox.exchange(nullptr, std::memory_order_acquire));
  const bool some = fiber;
  while (fiber) {
    Fiber* next = fiber->next;
    push(*fiber);
    fiber = next;
  }
  return some;
}

// Each fiber has its block and its stack elsewhere, and both are cold by now if many ran since: fetched while
// others run. A stack is first fetched from together with a few others: each has a page table of its own, and
// a fetch by way of tables that are cold, too, holds up what follows it, once for all that are made at a
// time.
void Processor::prefetch() const noexcept {
  if (round_ % limits::prefetched_pages == 0) prefetch_pages();
  if (const Fiber* next = queue_.peek(0)) {
    const auto* stack = static_cast<const char*>(next->context.stack);
    for (unsigned line = 1; line < limits::prefetched_lines; ++line)
      __builtin_prefetch(stack + line * limits::cache_line);
  }
}

void Processor::prefetch_pages() const noexcept {
  std::uintptr_t self_at;  // not by the address of ours, for which this thread's descriptor would be fetched
  asm("movq unblock_self@gottpoff(%%rip), %0" : "=r"(self_at));
  unsigned after = 0;
  for (; after < limits::prefetched_pages; ++after) {
    const Fiber* soon = queue_.peek(after);
    if (!soon) return;
    // Thread-local variables, ours first, may be on another page than the frames.
    __builtin_prefetch(reinterpret_cast<const void*>(soon->context.fs + self_at));
    __builtin_prefetch(soon->context.stack);
  }
  for (; after < 2 * limits::prefetched_pages; ++after) {
    const Fiber* later = queue_.peek(after);
    if (!later) return;
    __builtin_prefetch(later);
    __builtin_prefetch(&later->io_waiter);
  }
}

// The clock costs as much as half a switch: rounds that were short go unclocked for a few more. Not those
// after a look: who finds that it is time asks twice, the fiber that leaves and then the idle loop, and what
// lies in between is no round.
bool Processor::loop_is_due() noexcept {
  if (unclocked_ > 0) {
    --unclocked_;
    return false;
  }
  const std::uint64_t now = __rdtsc();
  const bool due = now - polled_.load(std::memory_order_relaxed) > limits::busy_poll_cycles;
  unclocked_ = !due && now - clocked_ < limits::short_rounds_cycles ? limits::rounds_unclocked : 0;
  clocked_ = now;
  return due;
}

void Processor::begin_round() noexcept {
  round_ = queue_.size();
  cold_ = round_ >= limits::cold_round;
}

Fiber* Processor::pick() noexcept {
  if (round_ == 0) {
    drain(inbox_);
    // The loop's turn. No round begins before it: whoever asks next would get a fiber, and the loop no turn.
    if (queue_.size() == 0 || processors::retired(*this) || loop_is_due()) return nullptr;
    begin_round();
  }
  Fiber* fiber = queue_.pop();
  if (!fiber) {  // others took them
    round_ = 0;
    return nullptr;
  }
  --round_;
  if (cold_) prefetch();
  const std::uint64_t ticks = tick.load(std::memory_order_relaxed) + 1;
  tick.store(ticks, std::memory_order_relaxed);
  if (ticks % limits::picks_per_look == 0 && processors::any_idle() && behind()) processors::call_for_help();
  return fiber;
}

// From one look at the loop to the next, without the sleep: a quarter of the last one, and three of those
// before.
void Processor::note_round() noexcept {
  const std::uint64_t last = __rdtsc() - polled_.load(std::memory_order_relaxed);
  const std::uint64_t before = round_cycles_.load(std::memory_order_relaxed);
  round_cycles_.store(before - before / 4 + last / 4, std::memory_order_relaxed);
}

bool Processor::needs(const Processor& helper) const noexcept {
  if (helper.queue_.size() == 0) return behind();
  const std::uint64_t here = round_cycles_.load(std::memory_order_relaxed);
  const std::uint64_t there = helper.round_cycles_.load(std::memory_order_relaxed);
  return queue_.lends() && here - here / 8 > there + limits::uneven_cycles;
}

bool Processor::behind() const noexcept {
  return (queue_.lends() || inbox_.load(std::memory_order_relaxed)) &&
         __rdtsc() - polled_.load(std::memory_order_relaxed) >
             static_cast<std::uint64_t>(options::values().help_after) * limits::cycles_per_us;
}

// Shared among those that wait for it: what a round takes grows with how many they are. The fewer, the less
// there is to be won by going on, since all of them have what they need in the cache. Where nobody waits it
// may last.
std::uint64_t Processor::turn_cycles() const noexcept {
  const std::uint64_t waiting = queue_.lendable();
  if (waiting == 0) return limits::longest_turn_cycles;
  return std::clamp<std::uint64_t>(waiting * limits::turn_cycles_each, limits::shortest_turn_cycles,
                                   limits::longest_turn_cycles);
}

bool Processor::turn_is_over() noexcept {
  const std::uint64_t now = __rdtsc();
  const std::uint64_t ticks = tick.load(std::memory_order_relaxed);
  if (turn_tick_.load(std::memory_order_relaxed) != ticks) {
    turn_tick_.store(ticks, std::memory_order_relaxed);
    turn_began_.store(now, std::memory_order_relaxed);
  }
  return now - turn_began_.load(std::memory_order_relaxed) > turn_cycles();
}

bool Processor::take_from(Processor& other) noexcept {
  // Where both have much to do they come to the same little by little.
  if (queue_.size()) return queue_.take_part(other.queue_, limits::uneven_share);
  return queue_.take_part(other.queue_, 2) || drain(other.inbox_);
}

void Processor::expire() noexcept {
  if (deadlines.size() == 0) return;
  const Nanoseconds now = clock_time::now();
  while (Fiber* fiber = deadlines.take_expired(now))
    if (scheduler::claim_wake(*fiber, -ETIMEDOUT)) push(*fiber);
}

void Processor::look_for_holder() noexcept {
  Guard guard(waits);
  // What wakes one that rests is not to be used up.
  if (resting_ || !watches.poll_for_holder() || deadlines.size() == 0) return;
  const Nanoseconds now = clock_time::now();
  while (Fiber* fiber = deadlines.take_expired(now))
    if (scheduler::claim_wake(*fiber, -ETIMEDOUT)) post(*fiber);
}

void Processor::sleep_or_look(bool may_sleep) noexcept {
  Guard guard(waits);
  resting_ = false;
  Nanoseconds until = 0;
  if (may_sleep && queue_.size() == 0) {
    until = deadlines.soonest();
    sleeping.store(true, std::memory_order_seq_cst);
    // B: after the store; seq_cst. Matches A in post().
    if (inbox_.load(std::memory_order_seq_cst)) until = 0;
  }
  if (until) naps.store(naps.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  loop_.poll(until, watches);
  // C: seq_cst. Matches D in the watchdog: either it sees that this one is awake, or we see it asleep.
  if (sleeping.load(std::memory_order_relaxed)) sleeping.exchange(false, std::memory_order_seq_cst);
  expire();
}

// What is ready goes to the others: a retired processor only waits, for those that began to wait here.
void Processor::pass_on() noexcept {
  drain(inbox_);
  while (Fiber* fiber = queue_.pop()) processors::stand_in_for(*this).post(*fiber);
}

void Processor::poll() noexcept { ask_loop(true); }

void Processor::look() noexcept { ask_loop(false); }

void Processor::rest() noexcept {
  Guard guard(waits);
  resting_ = true;
  loop_.expect(deadlines.soonest());
  sleeping.store(true, std::memory_order_seq_cst);
  // As B.
  if (queue_.size() != 0 || inbox_.load(std::memory_order_seq_cst)) loop_.wake();
}

void Processor::ask_loop(bool may_sleep) noexcept {
  drain(inbox_);
  const bool retired = processors::retired(*this);
  note_round();
  if (retired)
    pass_on();
  else if (processors::relieve_another(*this))
    stats::count(stats::steals);
  sleep_or_look(may_sleep);
  stats::count(stats::polls);
  watchdog::notice_activity();
  if (retired)
    pass_on();
  else
    drain(inbox_);
  begin_round();
  polled_.store(__rdtsc(), std::memory_order_relaxed);
}

}  // namespace unblock
