// Taking signals over from the kernel and giving them back; what the watchdog's thread receives.
#include "signals/signals.h"

#include <cerrno>
#include <ctime>

#include "fibers/carrier.h"
#include "kernel.h"
#include "runtime_limits.h"
#include "signals/alarms.h"
#include "signals/pending_limit.h"
#include "signals/posix_timers.h"
#include "watchdog/watchdog.h"

namespace unblock::signals {

namespace {

using namespace detail;

constexpr int highest = 64;

// Returns from a handler; the kernel wants one, and unwinders know it by these very instructions.
extern "C" [[gnu::visibility("hidden")]] void unblock_restore_rt();
asm(".text\n"
    ".hidden unblock_restore_rt\n"
    ".globl unblock_restore_rt\n"
    "nop\n"
    "unblock_restore_rt:\n"
    "movq $15, %rax\n"
    "syscall\n");

constexpr unsigned long sa_restorer = 0x04000000;

void set_mask_here(SignalSet mask) noexcept {
  kernel::call(SYS_rt_sigprocmask, SIG_SETMASK, &mask, nullptr, sizeof mask);
}

SignalAction ours(void (*handler)(int, siginfo_t*, void*), unsigned long flags, SignalSet mask) noexcept {
  return {plain(handler), SA_SIGINFO | sa_restorer | flags, unblock_restore_rt, mask};
}

void set_fault_stack(void* lowest) noexcept {
  stack_t stack{};
  stack.ss_sp = lowest;
  stack.ss_size = limits::fault_stack;
  kernel::call(SYS_sigaltstack, &stack, nullptr);
}

template <class Visit>
void each_fault(Visit&& visit) noexcept {
  for (int signal = 1; signal <= highest; ++signal)
    if (faults & signal_bit(signal)) visit(signal);
}

// How many fibers wait in the kernel for each signal, guarded by the lock; and for which any does.
constinit int sleepers[highest + 1] = {};
constinit std::atomic<SignalSet> slept_for{0};

void count_sleepers(SignalSet set, int change) noexcept {
  Guard guard(lock);
  SignalSet now = 0;
  for (int signal = 1; signal <= highest; ++signal) {
    if (set & signal_bit(signal)) sleepers[signal] += change;
    if (sleepers[signal]) now |= signal_bit(signal);
  }
  slept_for.store(now, std::memory_order_seq_cst);
}

void forget_sleepers() noexcept {
  for (int& count : sleepers) count = 0;
  slept_for.store(0, std::memory_order_relaxed);
}

}  // namespace

const SignalAction& action_of(int signal) noexcept { return actions[signal]; }

void detail::set_kernel_action(int signal, const SignalAction& action) noexcept {
  kernel::call(SYS_rt_sigaction, signal, &action, nullptr, sizeof(SignalSet));
}

void hide_faults() noexcept {
  // Not deferred: a fault in a handler must be seen too. On a stack of the carrier's own, since it may be the
  // fiber's that overflowed. A kick waits: the program's handlers may block, and the carrier go on without
  // them. One that comes as SIGILL breaks off no call.
  const SignalAction action = ours(on_fault, SA_ONSTACK | SA_NODEFER | SA_RESTART, signal_bit(kick));
  each_fault([&](int signal) { set_kernel_action(signal, action); });
}

void expose_faults() noexcept {
  // SIGILL stays: rewritten sites rely on it. It is given on to the program's handler.
  each_fault([](int signal) {
    if (signal != SIGILL) set_kernel_action(signal, actions[signal]);
  });
}

void hide_mask() noexcept { set_mask_here(carrier_mask); }

void expose_mask(const Fiber& fiber) noexcept {
  set_mask_here(fiber.signals.mask.load(std::memory_order_relaxed));
}

void prepare_carrier(Carrier& carrier) noexcept {
  set_fault_stack(carrier.fault_stack);
  hide_mask();
}

void adopt(Fiber& founder) noexcept {
  SignalSet mask = 0;
  kernel::call(SYS_rt_sigprocmask, SIG_SETMASK, nullptr, &mask, sizeof mask);
  founder.signals.mask.store(mask, std::memory_order_relaxed);
  kernel::call(SYS_sigaltstack, nullptr, &founder.signals.alternate);
  prepare_carrier(*founder.carrier);
}

void adopt_dispositions() noexcept {
  const SignalAction sigill = actions[SIGILL];  // ours is in the kernel already if this is not the first time
  for (int signal = 1; signal <= highest; ++signal)
    kernel::call(SYS_rt_sigaction, signal, nullptr, &actions[signal], sizeof(SignalSet));
  if (actions[SIGILL].handler == plain(on_fault)) actions[SIGILL] = sigill;
  hide_faults();
  set_kernel_action(kick, ours(on_kick, SA_RESTART, 0));
}

namespace {

void give_back_dispositions() noexcept {
  expose_faults();
  set_kernel_action(kick, actions[kick]);
}

void give_back(const Fiber& fiber) noexcept {
  kernel::call(SYS_sigaltstack, &fiber.signals.alternate, nullptr);
  expose_mask(fiber);
}

}  // namespace

void forget(Fiber* survivor) noexcept {
  lock.reset();
  forget_sleepers();
  drop_all(process);
  pending_limit::forget();
  give_back_dispositions();
  if (!survivor) return;
  drop_all(survivor->signals.pending);
  survivor->signals.attention.store(0, std::memory_order_relaxed);
  give_back(*survivor);
}

void hand_over() noexcept {
  siginfo_t info;
  while (take(process, ~SignalSet{0}, info)) static_cast<void>(queue_in_kernel(info));
  give_back_dispositions();
}

void hand_over(Fiber& fiber) noexcept {
  siginfo_t info;
  const long pid = kernel::call(SYS_getpid), tid = kernel::call(SYS_gettid);
  {
    Guard guard(lock);
    while (take(fiber.signals.pending, ~SignalSet{0}, info))
      kernel::call(SYS_rt_tgsigqueueinfo, pid, tid, info.si_signo, &info);
  }
  fiber.signals.attention.store(0, std::memory_order_relaxed);
  give_back(fiber);
}

LeftToKernel::LeftToKernel(SignalSet set) noexcept : set_(set) {
  if (!set_) return;
  count_sleepers(set_, 1);
  watchdog::finish_round();
}

LeftToKernel::~LeftToKernel() {
  if (!set_) return;
  count_sleepers(set_, -1);
  watchdog::interrupt();
}

SignalSet received_by_watchdog() noexcept {
  return heard_by_fibers() & ~(slept_for.load(std::memory_order_relaxed) | unblockable);
}

void receive(const siginfo_t& info) noexcept {
  if (is_kick(info)) return;
  if (alarms::rang(info)) return;
  const pid_t tid = posix_timers::target(info);
  if (tid < 0) return;
  if (tid == 0) {
    if (!give_back(info)) post(info);
  } else if (Fiber* fiber = fibers::find(tid)) {  // else it has ended, and nobody is told
    post(*fiber, info);
  }
}

void collect_process_signal(int signal) noexcept {
  const SignalSet set = signal_bit(signal) & received_by_watchdog();
  if (!set) return;
  siginfo_t info;
  const timespec at_once{};
  const bool came = kernel::call(SYS_rt_sigtimedwait, &set, &info, &at_once, sizeof set) > 0;
  if (came) receive(info);
  // Else the watchdog took it, unless it was for others. Or it may do so yet, though it was given back.
  if (!came || read_by_descriptor(set)) watchdog::finish_round();
}

void collect(SignalSet set) noexcept {
  siginfo_t info;
  const timespec at_once{};
  for (SignalSet left; (left = set & received_by_watchdog()) != 0;) {
    if (kernel::call(SYS_rt_sigtimedwait, &left, &info, &at_once, sizeof left) <= 0) return;
    receive(info);
  }
}

bool collect_earlier(int signal) noexcept {
  if (signal < first_realtime) return true;
  const auto in_kernel = [=] {
    SignalSet pending = 0;
    kernel::call(SYS_rt_sigpending, &pending, sizeof pending);
    return (pending & signal_bit(signal)) != 0;
  };
  // Without /proc nobody is ever sure.
  for (int tries = 0; tries < limits::collecting_tries && watchdog::kernel_thread(); ++tries) {
    const bool collected = !in_kernel() && watchdog::has_queued_all();
    // Asked after that: a fiber that has taken one has queued it before it is no longer among the sleepers.
    if (slept_for.load(std::memory_order_seq_cst) & signal_bit(signal)) return false;
    if (collected) return true;
    watchdog::finish_round();
  }
  return !in_kernel();
}

}  // namespace unblock::signals
