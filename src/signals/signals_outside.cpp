// Signals where some threads of the program are no fibers: the kernel sends it to those what they take.
#include <cerrno>
#include <unistd.h>

#include "entry/outsiders.h"
#include "kernel.h"
#include "signals/signals.h"
#include "watchdog/watchdog.h"

namespace unblock::signals {

namespace {

// What fibers take or wait for. The watchdog waits for nothing else, or it would take a signal from a thread
// that sleeps in sigwait(3). May have some that no fiber takes any more.
constinit std::atomic<SignalSet> heard{0};

bool takes(const Fiber& fiber, SignalSet set) noexcept {
  return (fiber.signals.awaited.load(std::memory_order_seq_cst) & set) ||
         (~fiber.signals.mask.load(std::memory_order_seq_cst) & set);
}

bool anybody_takes(SignalSet set) noexcept {
  return fibers::any([=](const Fiber& fiber) { return takes(fiber, set); });
}

// Those in the set that nobody takes are the kernel's again.
void drop(SignalSet set) noexcept {
  heard.fetch_and(~set, std::memory_order_seq_cst);
  // Looked for after that; seq_cst. Matches the mask and then the look at `heard`, in listen().
  for (SignalSet left = set; left; left &= left - 1)
    if (const SignalSet bit = left & -left; anybody_takes(bit))
      heard.fetch_or(bit, std::memory_order_seq_cst);
}

}  // namespace

SignalSet heard_by_fibers() noexcept {
  return outsiders::present() ? heard.load(std::memory_order_relaxed) | signal_bit(kick) : ~SignalSet{0};
}

void listen(SignalSet set) noexcept {
  if (!outsiders::present()) return;
  const SignalSet fresh =
      set & ~heard.load(std::memory_order_seq_cst) & ~detail::with_descriptor & ~unblockable;
  if (!fresh) return;
  heard.fetch_or(fresh, std::memory_order_seq_cst);
  siginfo_t info;
  const timespec at_once{};
  while (kernel::call(SYS_rt_sigtimedwait, &fresh, &info, &at_once, sizeof fresh) > 0) receive(info);
  watchdog::interrupt();
}

void listen_for_all() noexcept {
  SignalSet taken = 0;
  static_cast<void>(fibers::any([&](const Fiber& fiber) {
    taken |= ~fiber.signals.mask.load(std::memory_order_seq_cst) |
             fiber.signals.awaited.load(std::memory_order_seq_cst);
    return false;
  }));
  listen(taken);
}

bool give_to_outsiders(const siginfo_t& info) noexcept {
  const SignalSet bit = signal_bit(info.si_signo);
  if (!outsiders::present() || anybody_takes(bit)) return false;
  drop(bit);
  return kernel::call(SYS_rt_sigqueueinfo, getpid(), info.si_signo, &info) == 0;
}

void forget_unheard() noexcept {
  if (!outsiders::present()) return;
  SignalSet taken = 0;
  const SignalSet known = heard.load(std::memory_order_relaxed);
  static_cast<void>(fibers::any([&](const Fiber& fiber) {
    taken |= ~fiber.signals.mask.load(std::memory_order_relaxed) |
             fiber.signals.awaited.load(std::memory_order_relaxed);
    return (known & ~taken) == 0;
  }));
  if (known & ~taken) drop(known & ~taken);
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
