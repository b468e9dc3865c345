// Sending signals: whom one is for, queueing it, and interrupting that one.
#include <cerrno>
#include <unistd.h>

#include "fibers/carrier.h"
#include "fibers/scheduler.h"
#include "kernel.h"
#include "signals/signals.h"

namespace unblock::signals {

namespace detail {

void refresh_attention(Fiber& fiber) noexcept {
  SignalState& state = fiber.signals;
  const SignalSet open =
      ~state.mask.load(std::memory_order_relaxed) | state.awaited.load(std::memory_order_relaxed);
  const SignalSet pending =
      state.pending.set.load(std::memory_order_relaxed) | process.set.load(std::memory_order_relaxed);
  state.attention.store((pending & open) != 0, std::memory_order_seq_cst);
}

}  // namespace detail

namespace {

using namespace detail;

bool takes(const Fiber& fiber, SignalSet bit) noexcept {
  return !(fiber.signals.mask.load(std::memory_order_seq_cst) & bit);
}

bool awaits(const Fiber& fiber, SignalSet bit) noexcept {
  return (fiber.signals.awaited.load(std::memory_order_seq_cst) & bit) != 0;
}

// As the kernel's complete_signal(): the main thread, any other; one that has no other to take already. Of
// the others, where the kernel goes round, one that waits for it.
Fiber* target_of(SignalSet bit) noexcept {
  const auto free = [](Fiber& fiber) { return !fiber.signals.attention.load(); };
  Fiber* main = fibers::find(getpid());
  if (main && (takes(*main, bit) || awaits(*main, bit)) && free(*main)) return main;
  Fiber* target = nullptr;
  const auto choose = [&](auto&& fits) {
    return fibers::any([&](Fiber& fiber) {
      if (fits(fiber)) target = &fiber;
      return target != nullptr;
    });
  };
  const auto waits = [=](Fiber& fiber) { return awaits(fiber, bit); };
  const auto only_waits = [&](Fiber& fiber) { return waits(fiber) && free(fiber); };
  if (!choose(only_waits) && !choose(waits))
    static_cast<void>(choose([=](Fiber& fiber) { return takes(fiber, bit); }));
  return target;
}

// Makes the fiber notice: it waits and is woken, or it runs and is kicked, or it is about to run and will
// see it at the edge.
void interrupt(Fiber& fiber) noexcept {
  if (scheduler::interrupt(fiber) || &fiber == self()) return;
  if (!fiber.on_carrier.load(std::memory_order_seq_cst)) return;
  Carrier* carrier = fiber.carrier;
  if (const pid_t ktid = carrier->ktid.load(std::memory_order_relaxed)) send_kick(ktid);
}

bool matters(int signal) noexcept { return !ignored(signal); }

// Whether nothing but the default action comes of it, for which no flow of the program's has to run: natively
// a thread in the middle of a vfork dies at once, too.
bool acts_at_once(int signal) noexcept { return actions[signal].handler == SIG_DFL; }

// Stop signals and SIGCONT cancel each other where they are pending, wherever that is: signal(7).
void cancel_opposite(int signal) noexcept {
  constexpr SignalSet stops = signal_bit(SIGTSTP) | signal_bit(SIGTTIN) | signal_bit(SIGTTOU);
  if (signal == SIGCONT) flush(stops);
  if (signal_bit(signal) & stops) flush(signal_bit(SIGCONT));
}

// Queues a signal that `target`, if anybody, takes or waits for. 0, -EAGAIN; 1: the default action is due.
long enqueue(PendingQueue& queue, Fiber* target, const siginfo_t& info, Sender sender) noexcept {
  const int signal = info.si_signo;
  cancel_opposite(signal);
  if (target && !awaits(*target, signal_bit(signal))) {
    if (!matters(signal)) return 0;
    if (acts_at_once(signal)) return 1;
  }
  const long error = sender == Sender::Program ? append_within_limit(queue, info) : append(queue, info);
  if (error) return error;
  if (target) interrupt(*target);
  return 0;
}

// What enqueue() left to do once the lock is free.
long settle(long result, int signal) noexcept {
  if (result != 1) return result;
  default_action(signal);
  return 0;
}

}  // namespace

long post(Fiber& fiber, const siginfo_t& info, Sender sender) noexcept {
  const SignalSet bit = signal_bit(info.si_signo);
  long result;
  {
    Guard guard(lock);
    const auto listens = [&] { return takes(fiber, bit) || awaits(fiber, bit); };
    Fiber* target = listens() ? &fiber : nullptr;
    result = enqueue(fiber.signals.pending, target, info, sender);
    // A: asked again once it is queued, seq_cst. Matches B in set_mask(), which looks at the queue without a
    // lock.
    if (!target && result == 0 && listens()) interrupt(fiber);
  }
  return settle(result, info.si_signo);
}

long post(const siginfo_t& info, Sender sender) noexcept {
  long result;
  {
    Guard guard(lock);
    const SignalSet bit = signal_bit(info.si_signo);
    Fiber* target = target_of(bit);
    // With the lock: who makes a descriptor for it gives back what is queued before that.
    if (!target && read_by_descriptor(bit) && queue_in_kernel(info) == 0) return 0;
    result = enqueue(process, target, info, sender);
    if (!target && result == 0 && (target = target_of(bit))) interrupt(*target);  // A, as above
  }
  return settle(result, info.si_signo);
}

void raise(Fiber& fiber, int signal) noexcept {
  siginfo_t info{};
  info.si_signo = signal;
  info.si_code = SI_USER;
  info.si_pid = getpid();
  info.si_uid = getuid();
  post(fiber, info);
}

void detail::collect_thread_signal(Fiber& fiber, int signal) noexcept {
  const SignalSet set = signal_bit(signal);
  siginfo_t info;
  const timespec at_once{};
  if (kernel::call(SYS_rt_sigtimedwait, &set, &info, &at_once, sizeof set) == signal) post(fiber, info);
}

void discard(Fiber& fiber) noexcept {
  if (!fiber.signals.pending.set.load(std::memory_order_relaxed)) return;
  Guard guard(lock);
  siginfo_t info;
  while (take(fiber.signals.pending, ~SignalSet{0}, info)) {}
}

void inherit(Fiber& fiber, Fiber& heir) noexcept {
  Guard guard(lock);
  siginfo_t info;
  while (take(fiber.signals.pending, ~SignalSet{0}, info))
    static_cast<void>(append(heir.signals.pending, info));  // into the place just freed
  heir.signals.mask.store(fiber.signals.mask.load(std::memory_order_relaxed), std::memory_order_relaxed);
  heir.signals.restore_mask = false;
  refresh_attention(heir);
}

}  // namespace unblock::signals
