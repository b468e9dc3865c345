// Signals that the kernel keeps unless a fiber takes them: where some threads of the program are no fibers,
// and those that are read from a descriptor.
#include <cerrno>
#include <unistd.h>

#include "entry/outsiders.h"
#include "kernel.h"
#include "runtime.h"
#include "signals/signals.h"
#include "watchdog/watchdog.h"

namespace unblock::signals {

namespace {

// What fibers take or wait for. Of what the kernel keeps the watchdog waits for nothing else, or it would
// take a signal from a thread that sleeps in sigwait(3) or reads a descriptor. May have some that no fiber
// takes any more.
constinit std::atomic<SignalSet> heard{0};

// What is the kernel's unless a fiber takes it.
SignalSet kept_by_kernel() noexcept {
  return outsiders::present() ? ~SignalSet{0} : detail::with_descriptor.load(std::memory_order_seq_cst);
}

SignalSet taken_by(const Fiber& fiber) noexcept {
  return fiber.signals.awaited.load(std::memory_order_seq_cst) |
         ~fiber.signals.mask.load(std::memory_order_seq_cst);
}

// What fibers take, of `set` at least.
SignalSet taken_of(SignalSet set) noexcept {
  SignalSet taken = 0;
  static_cast<void>(fibers::any([&](const Fiber& fiber) {
    taken |= taken_by(fiber);
    return (set & ~taken) == 0;
  }));
  return taken;
}

// Those in the set that nobody takes are the kernel's again.
void drop(SignalSet set) noexcept {
  heard.fetch_and(~set, std::memory_order_seq_cst);
  // Looked for after that; seq_cst. Matches the mask and then the look at `heard`, in listen().
  if (const SignalSet taken = taken_of(set) & set) heard.fetch_or(taken, std::memory_order_seq_cst);
}

// Those of the queue are the kernel's, too. With the lock.
void give_back(PendingQueue& queue, SignalSet set) noexcept {
  siginfo_t info;
  while (detail::take(queue, set, info)) {
    if (detail::queue_in_kernel(info) == 0) continue;
    static_cast<void>(detail::append(queue, info));  // into the place just freed
    return;
  }
}

}  // namespace

// By the thread's own number, not the process': of no other may it say that kill(2) has sent it.
long detail::queue_in_kernel(const siginfo_t& info) noexcept {
  return kernel::call(SYS_rt_sigqueueinfo, kernel::call(SYS_gettid), info.si_signo, &info);
}

void detail::give_back_untaken() noexcept {
  const SignalSet set = process.set.load(std::memory_order_relaxed) & with_descriptor.load();
  if (set) give_back(process, set & ~taken_of(set));
}

bool anybody_takes(SignalSet set) noexcept {
  return fibers::any([=](const Fiber& fiber) { return (taken_by(fiber) & set) != 0; });
}

SignalSet heard_by_fibers() noexcept {
  return heard.load(std::memory_order_relaxed) | ~kept_by_kernel() | signal_bit(kick);
}

void listen(SignalSet set) noexcept {
  const SignalSet fresh = set & kept_by_kernel() & ~heard.load(std::memory_order_seq_cst) & ~unblockable;
  if (!fresh) return;
  heard.fetch_or(fresh, std::memory_order_seq_cst);
  siginfo_t info;
  const timespec at_once{};
  // Those that no fiber takes by now have been dropped, and given back.
  for (SignalSet left = fresh; (left &= heard.load(std::memory_order_relaxed)) != 0;)
    if (kernel::call(SYS_rt_sigtimedwait, &left, &info, &at_once, sizeof left) > 0)
      receive(info);
    else
      break;
  watchdog::interrupt();
}

void listen_for_all() noexcept { listen(taken_of(~SignalSet{0})); }

bool give_back(const siginfo_t& info) noexcept {
  const SignalSet bit = signal_bit(info.si_signo);
  if (!(kept_by_kernel() & bit) || anybody_takes(bit)) return false;
  drop(bit);
  return detail::queue_in_kernel(info) == 0;
}

void forget_unheard() noexcept {
  const SignalSet known = heard.load(std::memory_order_relaxed) & kept_by_kernel();
  if (!known) return;
  if (const SignalSet unheard = known & ~taken_of(known)) drop(unheard);
}

void leave_to_kernel(SignalSet set) noexcept {
  set &= ~unblockable;
  // Before the look at the masks; seq_cst. Matches the mask and then the look at this, in set_mask().
  set &= ~detail::with_descriptor.fetch_or(set, std::memory_order_seq_cst);
  if (!set || !runtime::active()) return;
  listen_for_all();
  watchdog::finish_round();  // it waits for the others no longer, and has queued those that it had
  Guard guard(detail::lock);
  detail::give_back_untaken();
  static_cast<void>(fibers::any([=](Fiber& fiber) {
    give_back(fiber.signals.pending, set & ~taken_by(fiber));
    return false;
  }));
}

void detail::handle_outside(int signal, siginfo_t* info, void* context) {
  const SignalAction action = actions[signal];
  const bool fault = info->si_code > 0;
  if (action.handler == SIG_IGN && !fault) return;
  if (action.handler == SIG_IGN || action.handler == SIG_DFL) {
    // A fault happens again; what was sent is sent again. Then the kernel does what it does.
    set_kernel_action(signal, {SIG_DFL, 0, nullptr, 0});
    if (!fault) kernel::call(SYS_tgkill, getpid(), kernel::call(SYS_gettid), signal);
    return;
  }
  if (action.flags & SA_RESETHAND) actions[signal].handler = SIG_DFL;
  const SignalSet blocked = action.mask | (action.flags & SA_NODEFER ? 0 : signal_bit(signal));
  // The return from our handler restores what was before.
  kernel::call(SYS_rt_sigprocmask, SIG_BLOCK, &blocked, nullptr, sizeof blocked);
  detailed(action.handler)(signal, info, context);
}

}  // namespace unblock::signals
