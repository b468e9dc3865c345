// The watchdog.
#include "watchdog/watchdog.h"

#include <algorithm>
#include <atomic>

#include "clock.h"
#include "fibers/carrier.h"
#include "fibers/credentials.h"
#include "fibers/kernel_thread.h"
#include "fibers/processors.h"
#include "kernel.h"
#include "log.h"
#include "memory/stacks.h"
#include "options.h"
#include "runtime_limits.h"
#include "signals/signals.h"
#include "stats.h"
#include "waits/deadlock.h"
#include "watchdog/apart.h"
#include "watchdog/sights.h"
#include "watchdog/stalls.h"

namespace unblock::watchdog {

namespace {

struct State {
  std::atomic<bool> asleep{false};     // until somebody wakes it
  std::atomic<bool> receiving{false};  // in the call by which it receives signals
  std::atomic<std::uint32_t> rounds{0};
  std::atomic<bool> stopping{false};
};

constinit State state;

// Fibers with a signal that found them where it could not be handled: kicked until it is.
void kick_again() noexcept {
  carriers::each([](Carrier& carrier) {
    Fiber* fiber = carrier.running;
    const pid_t ktid = carrier.ktid.load(std::memory_order_relaxed);
    if (fiber && ktid && fiber->signals.attention.load(std::memory_order_relaxed)) signals::send_kick(ktid);
  });
}

// Waits for one of `wanted`, no longer than `timeout` unless that is null. Returns its number or an error.
long next_signal(const SignalSet& wanted, siginfo_t& info, const timespec* timeout) noexcept {
  return kernel::call(SYS_rt_sigtimedwait, &wanted, &info, timeout, sizeof wanted);
}

// Sleeps for that long, or until signals come, for each of which `visit(info)` says whether it takes more. 0:
// until one comes. False if one was the last it takes.
template <class Visit>
bool sleep(int microseconds, Visit&& visit) noexcept {
  const SignalSet wanted = signals::received_by_watchdog();
  const timespec time{microseconds / 1'000'000, microseconds % 1'000'000 * 1000L};
  constexpr timespec at_once{};
  siginfo_t info;
  state.receiving.store(true, std::memory_order_release);
  long result = next_signal(wanted, info, microseconds ? &time : nullptr);
  state.receiving.store(false, std::memory_order_release);
  // Not one a round: the kernel gives a kick first, and each that waits for a round kicks.
  for (int more = limits::signals_per_round; result > 0; --more) {
    if (!visit(info)) return false;
    result = more ? next_signal(wanted, info, &at_once) : 0;
  }
  state.rounds.fetch_add(1, std::memory_order_release);
  return true;
}

// The same, and passes the signals on.
void sleep(int microseconds) noexcept {
  static_cast<void>(sleep(microseconds, [](const siginfo_t& info) {
    signals::receive(info);
    return true;
  }));
}

bool idle() noexcept {
  for (int number = 0; number < processors::count(); ++number)
    if (!processors::at(number).sleeping.load(std::memory_order_seq_cst)) return false;
  return true;
}

// Pages kept for threads to come are kept for a second: which stacks used much is not known.
void tidy_up(Nanoseconds& last) noexcept {
  const Nanoseconds now = clock_time::now();
  if (now - last < second) return;
  if (stacks::release_kept()) return;
  last = now;
  signals::forget_unheard();
}

// Until a processor has something to do. There is time for what waits for such a moment.
void sleep_for_good() noexcept {
  while (stacks::release_kept() && idle()) {}
  deadlock::look();
  // D: before the look. Matches C in Processor::sleep_or_look().
  state.asleep.store(true, std::memory_order_seq_cst);
  if (idle()) sleep(0);
  state.asleep.store(false, std::memory_order_relaxed);
}

// Without the table, until something is to be done for which it is needed, or a signal passed on.
void look_on() noexcept {
  Nanoseconds released = clock_time::now();
  unsigned credentials = 0;
  bool again = false, signalled = false;
  int quiet = 0;
  while (!signalled && !apart::replaced() && !state.stopping.load(std::memory_order_relaxed)) {
    credentials::follow(credentials);
    tidy_up(released);
    const int pause = again ? limits::computing_look_us : limits::watchdog_longest_us;
    signalled = !sleep(pause, [](const siginfo_t& info) {
      if (!signals::is_kick(info)) apart::hand_on(info);
      return signals::is_kick(info);
    });
    const sights::Seen seen = sights::look(false);
    again = seen == sights::Seen::Running && !again;
    quiet = idle() ? quiet + 1 : 0;
    if (seen == sights::Seen::Due || quiet > limits::watchdog_looks) break;
    kick_again();
  }
  apart::leave(signalled, state.stopping);
}

// How long it sleeps after that: ever longer while nothing is found, of which `quiet` says how often it was so.
int next_pause(sights::Seen seen, int& quiet, int pause) noexcept {
  if (seen == sights::Seen::Retaken) {
    quiet = 0;
    return limits::watchdog_shortest_us;
  }
  if (++quiet <= limits::watchdog_eager_looks) return pause;
  const bool computing = seen == sights::Seen::Computing;
  return std::min(pause * 2, computing ? limits::computing_look_us : limits::watchdog_longest_us);
}

void look_after() noexcept {
  int pause = limits::watchdog_shortest_us;
  int quiet = 0, calm = 0;
  Nanoseconds released = 0;
  unsigned credentials = 0;
  bool again = false;  // what was seen may be the beginning of a computation
  while (!state.stopping.load(std::memory_order_relaxed)) {
    credentials::follow(credentials);
    tidy_up(released);
    if (quiet > limits::watchdog_looks && idle()) {
      sleep_for_good();
      quiet = 0;
      pause = limits::watchdog_shortest_us;
    } else {
      sleep(again ? std::min(pause, limits::computing_look_us) : pause);
    }
    const sights::Seen seen = sights::look();
    again = seen == sights::Seen::Running && !again;
    pause = next_pause(seen, quiet, pause);
    kick_again();
    stalls::report();
    calm = pause == limits::watchdog_longest_us ? calm + 1 : 0;
    // Nobody needs it near; but if there is nothing to do at all, it is about to sleep for good.
    if (calm <= limits::calm_looks || idle()) continue;
    calm = 0;
    if (apart::part()) return look_on();
  }
}

void body(void*) {
  siginfo_t info;
  if (apart::take_over(info)) signals::receive(info);
  look_after();
}

}  // namespace

void start() noexcept {
  sights::reset();
  state.stopping.store(false, std::memory_order_relaxed);
  if (!apart::start(body))
    log::warning(log::core, "no kernel thread for the watchdog: a thread that blocks may stop the others");
}

void notice_activity() noexcept {
  heed();
  if (state.asleep.load(std::memory_order_seq_cst) && state.asleep.exchange(false)) interrupt();
}

void interrupt() noexcept {
  if (const pid_t ktid = kernel_thread()) signals::send_kick(ktid);
}

pid_t kernel_thread() noexcept { return apart::kernel_thread(); }

pid_t kept_thread() noexcept {
  apart::stay();
  return kernel_thread();
}

void finish_round() noexcept {
  const std::uint32_t rounds = state.rounds.load(std::memory_order_acquire);
  interrupt();
  const timespec pause{0, limits::watchdog_shortest_us * 1000L};
  while (kernel_thread() && state.rounds.load(std::memory_order_acquire) == rounds) {
    heed();
    kernel::call(SYS_nanosleep, &pause, nullptr);
  }
}

// Whoever has a signal to pass on has been woken, and runs, until it says that it receives no longer.
bool has_queued_all() noexcept {
  const std::uint32_t rounds = state.rounds.load(std::memory_order_acquire);
  const pid_t ktid = kernel_thread();
  return !ktid || (state.receiving.load(std::memory_order_acquire) && kernel_thread::sleeps(ktid) &&
                   state.receiving.load(std::memory_order_acquire) &&
                   state.rounds.load(std::memory_order_acquire) == rounds);
}

void stop() noexcept {
  state.stopping.store(true, std::memory_order_relaxed);
  // Asked again and again: it may have looked just before, and not sleep yet.
  const timespec pause{0, limits::watchdog_shortest_us * 1000L};
  pid_t ktid = 0;
  while (const pid_t present = kernel_thread()) {
    ktid = present;
    interrupt();
    kernel::call(SYS_nanosleep, &pause, nullptr);
  }
  if (ktid) kernel_thread::await_gone(ktid);  // who starts again is to find its thread alone
  siginfo_t info;
  if (apart::take_left(info)) signals::receive(info);
  state.asleep.store(false, std::memory_order_relaxed);
}

void forget() noexcept {
  apart::forget();
  state.asleep.store(false, std::memory_order_relaxed);
}

}  // namespace unblock::watchdog
