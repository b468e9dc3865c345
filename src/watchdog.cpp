// The watchdog.
#include "watchdog.h"

#include <algorithm>
#include <atomic>
#include <fcntl.h>

#include "carrier.h"
#include "clock.h"
#include "cpu_time.h"
#include "credentials.h"
#include "format.h"
#include "kernel.h"
#include "kernel_thread.h"
#include "log.h"
#include "memory.h"
#include "options.h"
#include "processors.h"
#include "runtime_limits.h"
#include "siblings.h"
#include "signals.h"
#include "stacks.h"
#include "stalls.h"
#include "stats.h"

namespace unblock::watchdog {

namespace {

// What was seen of a processor's holder at the last look.
struct Sight {
  Carrier* holder = nullptr;
  std::uint64_t tick = 0;
  std::uint64_t call = 0;
  Nanoseconds since = 0;  // when this holder was first seen with this fiber
  Nanoseconds computed = 0;  // when it was last seen to compute; 0: not at the last look
  std::uint64_t naps = 0;
  Nanoseconds busy_since = 0;  // when it was first seen with more to do than it gets to
};

struct State {
  Sight sights[limits::max_processors];
  std::atomic<pid_t> ktid{0};
  std::atomic<bool> asleep{false};  // until somebody wakes it
  std::atomic<std::uint32_t> rounds{0};
  std::atomic<bool> stopping{false};
  void* stack = nullptr;  // this and the next are kept for another start
  std::uintptr_t tls = 0;
};

constinit State state;

// Whether a kernel thread sleeps, by its state in /proc/self/task/KTID/stat: proc_pid_stat(5).
bool sleeps(pid_t ktid) noexcept {
  char path[64] = {};
  format::Writer writer(path, sizeof path - 1);
  writer.put("/proc/self/task/");
  writer.put(ktid);
  writer.put("/stat");
  const long fd = kernel::call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char text[128];
  const long size = kernel::call(SYS_read, fd, text, sizeof text);
  kernel::call(SYS_close, fd);
  // The name is in parentheses, and may have some of its own.
  for (long i = size - 1; i > 0; --i)
    if (text[i] == ')' && i + 2 < size) return text[i + 2] == 'S' || text[i + 2] == 'D';
  return false;
}

bool retake(Processor& processor, Carrier& carrier) noexcept {
  // A: matches the exchange in scheduler::acquire(): either the fiber is in the runtime, or we have it.
  Claim expected = Claim::Outside;
  cpu_time::alone(carrier);
  if (!carrier.claim.compare_exchange_strong(expected, Claim::None, std::memory_order_acq_rel)) {
    cpu_time::not_alone(carrier);
    return false;
  }
  if (carriers::give(processor)) {
    stats::count(stats::retakes);
    return true;
  }
  // Nobody to take it. The fiber may have noticed that it lost it, then it queues and waits for a holder:
  // try again until there is one.
  while (!carriers::give(processor)) {
    const timespec pause{0, 1'000'000};
    kernel::call(SYS_nanosleep, &pause, nullptr);
  }
  return true;
}

// Whether the fiber at `carrier` has had the processor for too long: in a call that lasts, asleep in one
// that nobody marked, or computing past its slice.
bool overdue(const Sight& sight, const Carrier& carrier, Nanoseconds now) noexcept {
  const std::uint64_t call = carrier.call.load(std::memory_order_relaxed);
  if (call) return call == sight.call;
  const Nanoseconds held = now - sight.since;
  if (held >= options::values().slice * (second / 1000) && !options::values().cooperative) return true;
  return held >= limits::unmarked_call_us * (second / 1'000'000) &&
         sleeps(carrier.ktid.load(std::memory_order_relaxed));
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

// Looks at one processor. True if it was retaken.
bool look(Processor& processor, Sight& sight) noexcept {
  Carrier* holder = processor.holder.load(std::memory_order_acquire);
  if (!holder || holder->claim.load(std::memory_order_acquire) != Claim::Outside || fibers::live() < 2) {
    sight.holder = nullptr;
    sight.computed = 0;
    return false;
  }
  const std::uint64_t tick = processor.tick.load(std::memory_order_relaxed);
  const Nanoseconds now = clock_time::now();
  sample(*holder, sight, now);
  if (holder != sight.holder || tick != sight.tick) {
    sight.holder = holder;
    sight.tick = tick;
    sight.call = holder->call.load(std::memory_order_relaxed);
    sight.since = now;
    return false;
  }
  const Fiber* running = holder->running;
  const bool due = overdue(sight, *holder, now) && !(running && siblings::keeps_processor(*running));
  const std::uint64_t call = sight.call = holder->call.load(std::memory_order_relaxed);
  if (!due || !retake(processor, *holder)) return false;
  if (!call) stalls::note(*holder, now - sight.since);
  return true;
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

// One that sleeps is woken to help, else there is one more.
void help(Sight& sight) noexcept {
  if (processors::any_idle()) {
    processors::call_for_help();
  } else if (processors::count() < processors::wanted()) {
    Processor* made = processors::create();
    if (made && !carriers::give(*made)) log::debug(log::sched, "no kernel thread for another processor");
    sight.busy_since = 0;
  }
}

// Looks once. True if something was retaken.
bool look() noexcept {
  bool retaken = false;
  for (int number = 0; number < processors::count(); ++number) {
    Processor& processor = processors::at(number);
    Sight& sight = state.sights[number];
    retaken |= look(processor, sight);
    if (saturated(processor, sight)) help(sight);
  }
  return retaken;
}

// Fibers with a signal that found them where it could not be handled: kicked until it is.
void kick_again() noexcept {
  const long pid = kernel::call(SYS_getpid);
  carriers::each([&](Carrier& carrier) {
    Fiber* fiber = carrier.running;
    const pid_t ktid = carrier.ktid.load(std::memory_order_relaxed);
    if (fiber && ktid && fiber->signals.attention.load(std::memory_order_relaxed))
      kernel::call(SYS_tgkill, pid, ktid, signals::kick);
  });
}

// Sleeps for that long, or until a signal comes, which it passes on. 0: until one comes.
void sleep(int microseconds) noexcept {
  const SignalSet wanted = signals::received_by_watchdog();
  const timespec time{microseconds / 1'000'000, microseconds % 1'000'000 * 1000L};
  siginfo_t info;
  const long result =
      kernel::call(SYS_rt_sigtimedwait, &wanted, &info, microseconds ? &time : nullptr, sizeof wanted);
  if (result > 0) signals::receive(info);
  state.rounds.fetch_add(1, std::memory_order_release);
}

bool idle() noexcept {
  for (int number = 0; number < processors::count(); ++number)
    if (!processors::at(number).sleeping.load(std::memory_order_relaxed)) return false;
  return true;
}

// Pages kept for threads to come are kept for a second: which stacks used much is not known.
void release_stacks(Nanoseconds& last) noexcept {
  const Nanoseconds now = clock_time::now();
  if (now - last < second) return;
  last = now;
  stacks::release_kept();
}

void body(void*) {
  int pause = limits::watchdog_shortest_us;
  int quiet = 0;
  Nanoseconds released = 0;
  unsigned credentials = 0;
  while (!state.stopping.load(std::memory_order_relaxed)) {
    credentials::follow(credentials);
    release_stacks(released);
    if (quiet > limits::watchdog_looks && idle()) {
      stacks::release_kept();
      state.asleep.store(true, std::memory_order_seq_cst);
      if (idle()) sleep(0);
      state.asleep.store(false, std::memory_order_relaxed);
      quiet = 0;
      pause = limits::watchdog_shortest_us;
    } else {
      sleep(pause);
    }
    if (look()) {
      quiet = 0;
      pause = limits::watchdog_shortest_us;
    } else if (++quiet > limits::watchdog_eager_looks) {
      pause = std::min(pause * 2, limits::watchdog_longest_us);
    }
    kick_again();
    stalls::report();
  }
}

}  // namespace

void start() noexcept {
  for (Sight& sight : state.sights) sight = {};
  state.stopping.store(false, std::memory_order_relaxed);
  if (!state.stack) state.stack = memory::map_stack(limits::carrier_stack);
  if (!state.tls) state.tls = kernel_thread::make_tls();
  if (state.stack && state.tls &&
      kernel_thread::start(body, nullptr, static_cast<char*>(state.stack) + limits::carrier_stack, state.tls,
                           state.ktid) == 0)
    return;
  log::warning(log::core, "no kernel thread for the watchdog: a thread that blocks may stop the others");
}

void notice_activity() noexcept {
  if (state.asleep.load(std::memory_order_relaxed) && state.asleep.exchange(false)) interrupt();
}

void interrupt() noexcept {
  if (const pid_t ktid = state.ktid.load(std::memory_order_relaxed))
    kernel::call(SYS_tgkill, kernel::call(SYS_getpid), ktid, signals::kick);
}

void finish_round() noexcept {
  const std::uint32_t rounds = state.rounds.load(std::memory_order_acquire);
  interrupt();
  const timespec pause{0, limits::watchdog_shortest_us * 1000L};
  while (state.ktid.load(std::memory_order_relaxed) && state.rounds.load(std::memory_order_acquire) == rounds)
    kernel::call(SYS_nanosleep, &pause, nullptr);
}

void stop() noexcept {
  state.stopping.store(true, std::memory_order_relaxed);
  // Asked again and again: it may have looked just before, and not sleep yet.
  const timespec pause{0, limits::watchdog_shortest_us * 1000L};
  while (state.ktid.load(std::memory_order_acquire)) {
    interrupt();
    kernel::call(SYS_nanosleep, &pause, nullptr);
  }
  state.asleep.store(false, std::memory_order_relaxed);
}

void forget() noexcept {
  state.ktid.store(0, std::memory_order_relaxed);
  state.asleep.store(false, std::memory_order_relaxed);
}

}  // namespace unblock::watchdog
