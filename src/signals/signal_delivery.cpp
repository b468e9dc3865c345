// Running the program's handlers, and what happens where it has none.
#include <cerrno>
#include <unistd.h>

#include "embedding.h"
#include "entry/in_place.h"
#include "entry/outsiders.h"
#include "fibers/carrier.h"
#include "kernel.h"
#include "log.h"
#include "patch/patch.h"
#include "runtime.h"
#include "runtime_limits.h"
#include "signals/signal_context.h"
#include "signals/signals.h"
#include "stats.h"
#include "watchdog/apart.h"
#include "watchdog/stalls.h"

namespace unblock::signals {

// Calls handler(signal, info, context) on another stack; see signal_stack.S.
extern "C" [[gnu::visibility("hidden")]] void unblock_call_on_stack(int signal, siginfo_t* info,
                                                                    void* context, void (*handler)(int),
                                                                    void* stack_top);

namespace detail {

constinit SignalAction actions[65];

bool ignored(int signal) noexcept {
  constexpr SignalSet by_default =
      signal_bit(SIGCHLD) | signal_bit(SIGURG) | signal_bit(SIGWINCH) | signal_bit(SIGCONT);
  const auto handler = actions[signal].handler;
  return handler == SIG_IGN || (handler == SIG_DFL && (by_default & signal_bit(signal)));
}

// The kernel does it: its disposition is the program's, only the masks stood in between.
void default_action(int signal) noexcept {
  const SignalSet set = signal_bit(signal);
  if (faults & set) set_kernel_action(signal, {SIG_DFL, 0, nullptr, 0});
  constexpr SignalSet stops = signal_bit(SIGTSTP) | signal_bit(SIGTTIN) | signal_bit(SIGTTOU);
  if (!(stops & set)) runtime::print_stats();
  kernel::call(SYS_tgkill, kernel::call(SYS_getpid), kernel::call(SYS_gettid), signal);
  SignalSet before;
  kernel::call(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, &before, sizeof set);
  kernel::call(SYS_rt_sigprocmask, SIG_SETMASK, &before, nullptr, sizeof before);
}

namespace {

SignalSet& kernel_mask(ucontext_t& context) noexcept {
  return *reinterpret_cast<SignalSet*>(&context.uc_sigmask);
}

}  // namespace

void* alternate_stack(const Fiber& fiber, const SignalAction& action, const void* here) noexcept {
  const stack_t& stack = fiber.signals.alternate;
  if (!(action.flags & SA_ONSTACK) || (stack.ss_flags & SS_DISABLE)) return nullptr;
  auto* lowest = static_cast<char*>(stack.ss_sp);
  if (here > lowest && here <= lowest + stack.ss_size) return nullptr;  // on it already
  return lowest + stack.ss_size;
}

void readdress(const Fiber& fiber, ucontext_t& context) noexcept {
  context.uc_stack = {fiber.carrier->fault_stack, 0, limits::fault_stack};
}

namespace {

// In the program's code, on the stack that is meant for it.
void call_handler(Fiber& fiber, const SignalAction& action, siginfo_t& info, ucontext_t* context) {
  stats::count(stats::signals_delivered);
  constexpr int setxid = 33;  // SIGSETXID
  if (info.si_signo == setxid) fiber.in_setxid = true;
  const auto in_runtime = fiber.in_runtime, native_only = fiber.native_only;
  const bool cancellable = fiber.cancellable.load(std::memory_order_relaxed);
  fiber.in_runtime = 0;
  fiber.native_only = embedding::hosts(fiber) ? Fiber::by_wish : 0;
  if (void* stack = alternate_stack(fiber, action, __builtin_frame_address(0)))
    unblock_call_on_stack(info.si_signo, &info, context, action.handler, stack);
  else
    detailed(action.handler)(info.si_signo, &info, context);
  fiber.in_runtime = in_runtime;
  fiber.native_only = native_only;
  // The handler's own cancellation points have taken the mark away.
  fiber.cancellable.store(cancellable, std::memory_order_relaxed);
  if (info.si_signo == setxid) fiber.in_setxid = false;
}

}  // namespace

Delivery run_handler(Fiber& fiber, const SignalAction& action, siginfo_t& info, ucontext_t* context,
                     const FoundCall* call) {
  Description described;
  if (!context) {
    describe(described, call, action);
    context = &described.context;
  }
  SignalState& state = fiber.signals;
  const SignalSet now = state.mask.load(std::memory_order_relaxed);
  const SignalSet of_thread = kernel_mask(*context);
  kernel_mask(*context) = state.restore_mask ? state.saved_mask : now;
  state.restore_mask = false;
  const SignalSet own = action.flags & SA_NODEFER ? 0 : signal_bit(info.si_signo);
  set_mask(fiber, now | action.mask | own);
  // What pends still and may interrupt the handler does so before its first instruction: the kernel makes one
  // signal frame on top of the other.
  Delivery on_top;
  if (state.attention.load(std::memory_order_relaxed)) on_top = deliver(fiber, context, nullptr);
  call_handler(fiber, action, info, context);
  set_mask(fiber, kernel_mask(*context));
  kernel_mask(*context) = of_thread;
  return on_top;
}

namespace {

// The next signal to handle, off its queue, with the action it had then.
bool next(Fiber& fiber, siginfo_t& info, SignalAction& action) noexcept {
  InRuntime inside(fiber);
  Guard guard(lock);
  const SignalSet open = ~fiber.signals.mask.load(std::memory_order_relaxed);
  if (!take(fiber.signals.pending, open, info) && !take(process, open, info)) {
    refresh_attention(fiber);
    return false;
  }
  action = actions[info.si_signo];
  if (action.flags & SA_RESETHAND) actions[info.si_signo].handler = SIG_DFL;
  return true;
}

}  // namespace
}  // namespace detail

Delivery deliver(Fiber& fiber, ucontext_t* context, const FoundCall* call) {
  Delivery delivery;
  siginfo_t info;
  SignalAction action;
  while (detail::next(fiber, info, action)) {
    if (action.handler == SIG_IGN) continue;
    if (action.handler == SIG_DFL) {
      if (!detail::ignored(info.si_signo)) {
        InRuntime inside(fiber);
        detail::default_action(info.si_signo);
      }
      continue;
    }
    delivery.handled = true;
    delivery.restart &= (action.flags & SA_RESTART) != 0;
    if ((action.flags & SA_RESETHAND) && !(signal_bit(info.si_signo) & faults))
      detail::set_kernel_action(info.si_signo, {SIG_DFL, 0, nullptr, 0});
    delivery.restart &= detail::run_handler(fiber, action, info, context, call).restart;
  }
  return delivery;
}

void set_mask(Fiber& fiber, SignalSet mask) noexcept {
  fiber.signals.mask.store(mask & ~unblockable, std::memory_order_seq_cst);
  if (outsiders::present() || read_by_descriptor(~mask)) {
    InRuntime inside(fiber);
    listen(~mask);
  }
  // The common case, nothing pending anywhere, needs no lock. B: after the mask; seq_cst. Matches A in
  // post().
  if (!fiber.signals.pending.set.load(std::memory_order_seq_cst) &&
      !detail::process.set.load(std::memory_order_seq_cst) &&
      !fiber.signals.attention.load(std::memory_order_relaxed))
    return;
  InRuntime inside(fiber);
  Guard guard(detail::lock);
  detail::give_back_untaken();  // it may have been for this fiber
  detail::refresh_attention(fiber);
}

void set_temporary_mask(Fiber& fiber, SignalSet mask) noexcept {
  // A call that goes on after a signal without a handler sets it again: the first mask is the one to restore.
  if (!fiber.signals.restore_mask)
    fiber.signals.saved_mask = fiber.signals.mask.load(std::memory_order_relaxed);
  fiber.signals.restore_mask = true;
  set_mask(fiber, mask);
}

void end_temporary_mask(Fiber& fiber) noexcept {
  if (!fiber.signals.restore_mask) return;
  fiber.signals.restore_mask = false;
  set_mask(fiber, fiber.signals.saved_mask);
}

namespace {

// A signal of the program's own by the number of our kick.
void pass_on(Fiber* fiber, const siginfo_t& info) noexcept {
  siginfo_t copy = info;
  if (fiber) ++fiber->in_runtime;
  post(copy);
  if (fiber) --fiber->in_runtime;
}

// Ends the call in the kernel that the kick has found, if it has found one.
bool end_call(ucontext_t& context) noexcept {
  auto& rip = context.uc_mcontext.gregs[REG_RIP];
  const unsigned long abort = in_place::interrupted_at(static_cast<unsigned long>(rip));
  if (abort) rip = static_cast<greg_t>(abort);
  return abort;
}

// Runs the handlers that `fiber` is to run, at whose program's code the kick has found it.
void deliver_between_instructions(Fiber& fiber, ucontext_t& context) noexcept {
  auto& rip = context.uc_mcontext.gregs[REG_RIP];
  constexpr std::uint16_t syscall_bytes = 0x050f;
  const auto at = [&](greg_t address) { return *reinterpret_cast<const std::uint16_t*>(address); };
  bool restarting = patch::stays(static_cast<std::uintptr_t>(rip));
  if (patch::in_stub(static_cast<std::uintptr_t>(rip))) {
    // A call that nobody lists, made by the stub itself. Elsewhere in a stub: put off, the watchdog kicks
    // again.
    restarting = at(rip) == syscall_bytes;
    if (!restarting && at(rip - 2) != syscall_bytes) return;
  }
  const int saved_errno = errno;
  const Delivery delivery = deliver(fiber, &context, nullptr);
  // It may be in a cancellation point, about to wait.
  if (fiber.cancelled.load(std::memory_order_relaxed) && fiber.cancellable.load(std::memory_order_relaxed))
    fiber.signals.attention.store(1, std::memory_order_relaxed);
  detail::readdress(fiber, context);
  errno = saved_errno;
  if (restarting && delivery.handled && !delivery.restart) {
    rip += 2;
    context.uc_mcontext.gregs[REG_RAX] = -EINTR;
  }
}

}  // namespace

// The kick: on a carrier, at any instruction of the fiber it runs.
void detail::on_kick(int signal, siginfo_t* info, void* raw) {
  Fiber* fiber = self();
  if (!fiber && outsiders::of_program()) return handle_outside(signal, info, raw);
  if (!is_kick(*info)) pass_on(fiber, *info);
  watchdog::heed();
  if (!fiber) return;
  auto& context = *static_cast<ucontext_t*>(raw);
  if (!fiber->in_runtime) {
    const auto& registers = context.uc_mcontext.gregs;
    stalls::answer(*fiber->carrier, static_cast<std::uintptr_t>(registers[REG_RIP]),
                   static_cast<std::uintptr_t>(registers[REG_RSP]));
  }
  const bool attention = fiber->signals.attention.load(std::memory_order_relaxed);
  if (!attention && !fiber->carrier->called_off.load(std::memory_order_relaxed)) return;
  if (end_call(context) || !attention) return;
  if (fiber->in_runtime || (fiber->native_only & Fiber::as_child)) return;  // the edge will see to it
  deliver_between_instructions(*fiber, context);
}

}  // namespace unblock::signals
