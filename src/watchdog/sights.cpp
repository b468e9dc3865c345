// What the watchdog sees of each processor, and what it does about it.
#include "watchdog/sights.h"

#include <algorithm>
#include <utility>

#include "clock.h"
#include "embedding.h"
#include "fibers/carrier.h"
#include "fibers/cpu_time.h"
#include "fibers/kernel_thread.h"
#include "fibers/processors.h"
#include "kernel.h"
#include "log.h"
#include "options.h"
#include "runtime_limits.h"
#include "siblings/siblings.h"
#include "signals/signals.h"
#include "stats.h"
#include "waits/own_thread.h"
#include "watchdog/stalls.h"

namespace unblock::sights {

namespace {

// What was seen of a processor's holder at the last look.
struct Sight {
  Carrier* holder = nullptr;
  std::uint64_t tick = 0;
  std::uint64_t turns = 0;  // between the last two looks, of this holder's processor
  std::uint64_t call = 0;
  Nanoseconds since = 0;     // when this holder was first seen with this fiber
  Nanoseconds computed = 0;  // when it was last seen to compute; 0: not at the last look
  Nanoseconds used = 0;      // CPU time of the holder's kernel thread when that was last asked,
  Nanoseconds asked = 0;     // and when that was
  Nanoseconds looked_for = 0;  // when its loop was last asked for it
  const Fiber* toiler = nullptr;  // who computed last of those that did so for long
  Nanoseconds toiled = 0;         // and for how long in all, with waits in between, without another such
  std::uint64_t naps = 0;
  Nanoseconds busy_since = 0;  // when it was first seen with more to do than it gets to
};

constinit Sight sights[limits::max_processors];

// Whether the holder sleeps in a call that nobody marked, as is asked twice before that may be long. The
// first time, and of one that has run since, its clock tells: to read its state takes ten times as long.
bool sleeps_unmarked(Sight& sight, const Carrier& holder, Nanoseconds now) noexcept {
  constexpr Nanoseconds between = limits::unmarked_call_us * (second / 1'000'000) / 2;
  if (now - std::max(sight.since, sight.asked) < between) return false;
  const pid_t ktid = holder.ktid.load(std::memory_order_relaxed);
  const Nanoseconds used = cpu_time::of_kernel_thread(ktid);
  sight.asked = now;
  return std::exchange(sight.used, used) == used && kernel_thread::sleeps(ktid);
}

bool retake(Carrier& carrier) noexcept {
  cpu_time::alone(carrier);
  Processor* const processor = carrier.lose();
  if (!processor) {
    cpu_time::not_alone(carrier);
    return false;
  }
  if (carriers::give(*processor)) {
    stats::count(stats::retakes);
    return true;
  }
  // Nobody to take it. The fiber may have noticed that it lost it, then it queues and waits for a holder:
  // try again until there is one.
  while (!carriers::give(*processor)) {
    const timespec pause{0, 1'000'000};
    kernel::call(SYS_nanosleep, &pause, nullptr);
  }
  return true;
}

// Whether the fiber there has computed for so long that its processor's loop is asked for it.
bool computes(const Sight& sight) noexcept {
  return sight.computed && sight.computed - sight.since >= limits::computing_look_us * (second / 1'000'000);
}

// Whether it has computed past its slice, be it in several long runs: who goes on so, as one that shares an
// interpreter's lock, would hold the others up in each of them.
bool computed_past_slice(const Sight& sight, Nanoseconds now) noexcept {
  const Nanoseconds slice = options::values().slice * (second / 1000);
  return !options::values().cooperative &&
         (now - sight.since >= slice || (computes(sight) && sight.toiled >= slice));
}

// Whether the fiber at `carrier` has had the processor for too long: in a call that lasts, asleep in one
// that nobody marked, or computing past its slice, in calls or not.
bool overdue(Sight& sight, const Carrier& carrier, Nanoseconds now) noexcept {
  const std::uint64_t call = carrier.call.load(std::memory_order_relaxed);
  // Be it seen in another call at each look: then it makes one after the other.
  if (computed_past_slice(sight, now)) return true;
  return call ? call == sight.call : sleeps_unmarked(sight, carrier, now);
}

// Charges the fiber that computes there for the time since the last look.
void sample(const Carrier& holder, Sight& sight, Nanoseconds now) noexcept {
  Fiber* fiber = holder.running;
  if (!fiber || holder.call.load(std::memory_order_relaxed)) {
    sight.computed = 0;
    return;
  }
  if (sight.computed) cpu_time::sample(*fiber, now - sight.computed);
  sight.computed = now;
}

// Adds what it has computed since it was last seen to, which was at `before` or not in this run.
void add_toil(Sight& sight, const Fiber* fiber, Nanoseconds before) noexcept {
  if (!computes(sight)) return;
  if (std::exchange(sight.toiler, fiber) != fiber) sight.toiled = 0;
  sight.toiled += sight.computed - std::max(sight.since, before);
}

bool accepts(std::uint64_t call) noexcept {
  const long nr = static_cast<long>(call & 0xffff) - 1;
  return nr == SYS_accept || nr == SYS_accept4;
}

// A sibling waits in accept(2), since another process was faster, and with it all that share its stack: it is
// to go back and wait for the next connection where they can go on.
void call_off(Carrier& holder) noexcept {
  holder.called_off.store(true, std::memory_order_relaxed);
  signals::send_kick(holder.ktid.load(std::memory_order_relaxed));
}

// Another holder, or another fiber, than at the last look.
void begin(Sight& sight, Carrier& holder, std::uint64_t tick, Nanoseconds now) noexcept {
  sight.turns = sight.holder == &holder ? tick - sight.tick : 0;
  sight.holder = &holder;
  sight.tick = tick;
  sight.call = holder.call.load(std::memory_order_relaxed);
  sight.since = now;
}

// Takes the processor away from `holder`, whose fiber has had it for too long. That a call lasts does not mean
// that it sleeps: it may run for long, or wait for a CPU, and then no more that sleep are to be expected.
Seen take_back(Carrier& holder, const Sight& sight, Nanoseconds now) noexcept {
  const bool sleeps = sight.call && kernel_thread::sleeps(holder.ktid.load(std::memory_order_relaxed));
  const Fiber* running = holder.running;
  if (!retake(holder)) return Seen::Nothing;
  if (sight.call) return sleeps ? Seen::Retaken : Seen::Computing;
  const bool computed = running && computed_past_slice(sight, now);
  if (computed) own_thread::grant(holder, *running);
  stalls::note(holder, now - sight.since);
  return computed ? Seen::Computing : Seen::Retaken;
}

// Looks at one processor. Who has just taken it from a fiber that computes need not look again at once, in
// the way of those that now share its CPU.
Seen look(Processor& processor, Sight& sight, bool has_table) noexcept {
  Carrier* holder = processor.holder.load(std::memory_order_acquire);
  if (!holder || holder->claim.load(std::memory_order_acquire) != Claim::Outside || fibers::live() < 2) {
    sight.holder = nullptr;
    sight.computed = 0;
    return Seen::Nothing;
  }
  const std::uint64_t tick = processor.tick.load(std::memory_order_relaxed);
  const Nanoseconds now = clock_time::now();
  const Nanoseconds before = sight.computed;
  sample(*holder, sight, now);
  if (holder != sight.holder || tick != sight.tick) {
    begin(sight, *holder, tick, now);
    return Seen::Nothing;
  }
  const Fiber* running = holder->running;
  add_toil(sight, running, before);
  const bool due = overdue(sight, *holder, now);
  sight.call = holder->call.load(std::memory_order_relaxed);
  if (due && !has_table) return Seen::Due;
  if (due && running && siblings::keeps_processor(*running)) {
    if (accepts(sight.call)) call_off(*holder);
    return Seen::Nothing;
  }
  if (!due || (running && embedding::hosts(*running))) return Seen::Nothing;
  return take_back(*holder, sight, now);
}

// Whether a processor has been behind for so long, without ever having nothing to do, that another is worth
// its while.
bool saturated(Processor& processor, Sight& sight) noexcept {
  const std::uint64_t naps = processor.naps.load(std::memory_order_relaxed);
  const bool rested = naps != sight.naps || !processor.behind();
  sight.naps = naps;
  const Nanoseconds now = clock_time::now();
  if (rested || sight.busy_since == 0) {
    sight.busy_since = rested ? 0 : now;
    return false;
  }
  return now - sight.busy_since >= limits::saturated * options::values().help_after * (second / 1'000'000);
}

// Whether there may be one more processor, as was found a tenth of a second ago at most: to ask takes a call.
bool may_grow() noexcept {
  static constinit Nanoseconds asked = 0;
  static constinit int most = 0;
  const Nanoseconds now = clock_time::now();
  if (now - asked > second / 10) {
    asked = now;
    most = processors::wanted();
  }
  return processors::count() < most;
}

// One that sleeps is woken to help, else there is one more, if there may be: which is not asked again at
// once.
void help(Sight& sight) noexcept {
  if (processors::any_idle()) {
    processors::call_for_help();
    return;
  }
  sight.busy_since = 0;
  if (!may_grow()) return;
  Processor* made = processors::create();
  if (made && !carriers::give(*made)) log::debug(log::sched, "no kernel thread for another processor");
}

// Whether the run that was seen to begin is to be looked at again soon. Where many were short, it is too; if
// not, it is seen again before its slice is over, until when only another processor could do something.
bool may_last(const Sight& sight) noexcept {
  return sight.computed && sight.computed == sight.since &&
         (sight.turns < limits::many_turns || processors::count() > 1 || may_grow());
}

// The watchdog may look more often than that for other reasons.
void ask_loop_of(Processor& processor, Sight& sight) noexcept {
  if (sight.computed - sight.looked_for < limits::computing_look_us * (second / 1'000'000) / 2) return;
  sight.looked_for = sight.computed;
  processor.look_for_holder();
}

}  // namespace

void reset() noexcept {
  for (Sight& sight : sights) sight = {};
}

Seen look(bool has_table) noexcept {
  Seen seen = Seen::Nothing;
  for (int number = 0; number < processors::count(); ++number) {
    Processor& processor = processors::at(number);
    Sight& sight = sights[number];
    if (const Seen found = look(processor, sight, has_table); found != Seen::Nothing) {
      if (seen != Seen::Retaken) seen = found;
      continue;
    }
    const bool alone = computes(sight);
    if (seen == Seen::Nothing && (alone || (sight.computed && may_grow()))) seen = Seen::Computing;
    if (seen == Seen::Nothing && may_last(sight)) seen = Seen::Running;
    if (!has_table) {
      if (alone || (saturated(processor, sight) && may_grow())) return Seen::Due;
      continue;
    }
    if (alone) ask_loop_of(processor, sight);
    if (saturated(processor, sight) || (alone && processor.behind())) help(sight);
  }
  return seen;
}

}  // namespace unblock::sights
