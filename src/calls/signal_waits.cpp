// Waiting for signals: parked until one is queued for the fiber, or asleep in the kernel.
#include "signal_waits.h"

#include <algorithm>
#include <cerrno>

#include "arguments.h"
#include "entry/in_place.h"
#include "user.h"
#include "waits/timeouts.h"
#include "waits/waiting.h"

namespace unblock::calls {

using namespace signals;

namespace {

// Sleeps until one of `wanted` or one with a handler may be in our queues. Returns as waiting::until().
using Sleep = long(Fiber& fiber, SignalSet wanted, Nanoseconds deadline) noexcept;

long parked(Fiber& fiber, SignalSet wanted, Nanoseconds deadline) noexcept {
  if (wanted) listen(wanted);
  return waiting::until(fiber, deadline);
}

long in_kernel(Fiber& fiber, SignalSet wanted, Nanoseconds deadline) noexcept {
  wanted &= ~signal_bit(kick);
  const timespec left = clock_time::to_timespec(std::max<Nanoseconds>(0, deadline - clock_time::now()));
  const timespec* timeout = deadline == never ? nullptr : &left;
  siginfo_t info;
  const LeftToKernel unheard(wanted);
  // What the watchdog had taken before that is queued by now, so that the call is not made.
  const long result =
      in_place::sleeping(fiber, SYS_rt_sigtimedwait, Words(&wanted, &info, timeout, sizeof wanted).words);
  if (result == -EAGAIN) return -ETIMEDOUT;
  if (result <= 0) return -EINTR;
  receive(info);
  return 0;
}

long pause_by(Sleep& sleep, Fiber& fiber) noexcept {
  return sleep(fiber, 0, never) == waiting::past_limit ? waiting::past_limit : waiting::restart_unhandled;
}

long read_set(const SignalSet* set, std::size_t size, SignalSet& given) noexcept {
  if (size != sizeof(SignalSet)) return -EINVAL;
  return user::load(set, given) ? 0 : -EFAULT;
}

long suspend_by(Sleep& sleep, Fiber& fiber, const SignalSet* mask, std::size_t size) noexcept {
  SignalSet given;
  if (const long error = read_set(mask, size, given)) return error;
  set_temporary_mask(fiber, given);
  return pause_by(sleep, fiber);
}

// What there is to take of `wanted`, or else to do: -EINTR: run a handler first; 0: wait. With the lock.
long take_or_look(Fiber& fiber, SignalSet wanted, siginfo_t& taken) noexcept {
  SignalState& state = fiber.signals;
  if (detail::take(state.pending, wanted, taken) || detail::take(detail::process, wanted, taken))
    return taken.si_signo;
  const SignalSet open = ~state.mask.load(std::memory_order_relaxed);
  const SignalSet pending = state.pending.set.load() | detail::process.set.load();
  return pending & open & ~wanted ? -EINTR : 0;
}

// The same, and awaits them from now on, or no longer.
long take_or_await(Fiber& fiber, SignalSet wanted, bool last, siginfo_t& taken) noexcept {
  Guard guard(detail::lock);
  const long result = take_or_look(fiber, wanted, taken);
  const bool waits = !result && !last;
  fiber.signals.awaited.store(waits ? wanted : 0, std::memory_order_seq_cst);
  if (waits) detail::refresh_attention(fiber);
  return last && result < 0 ? 0 : result;
}

long take_by(Sleep& sleep, Fiber& fiber, SignalSet wanted, Nanoseconds deadline, siginfo_t& taken) noexcept {
  for (long woken = 0;;) {
    const bool last = woken == -ETIMEDOUT || woken == waiting::past_limit;
    if (woken == -ETIMEDOUT) collect(wanted & ~signal_bit(kick));  // what the watchdog is about to take
    const long result = take_or_await(fiber, wanted, last, taken);
    if (result || last) return result ? result : woken;
    woken = sleep(fiber, wanted, deadline);
  }
}

long wait_by(Sleep& sleep, Fiber& fiber, const SignalSet* set, siginfo_t* info, const timespec* timeout,
             std::size_t size) noexcept {
  SignalSet wanted;
  if (const long error = read_set(set, size, wanted)) return error;
  Nanoseconds deadline;
  if (const long error = timeouts::from_user(fiber, timeout, CLOCK_MONOTONIC, true, deadline)) return error;
  siginfo_t taken;
  const long result = take_by(sleep, fiber, wanted & ~unblockable, deadline, taken);
  set_mask(fiber, fiber.signals.mask.load(std::memory_order_relaxed));
  if (result == -ETIMEDOUT) return -EAGAIN;
  return result > 0 && info && !user::copy(info, &taken, sizeof taken) ? -EFAULT : result;
}

}  // namespace

long pause(Fiber& fiber) noexcept { return pause_by(parked, fiber); }

long rt_sigsuspend(Fiber& fiber, const SignalSet* mask, std::size_t size) noexcept {
  return suspend_by(parked, fiber, mask, size);
}

long rt_sigtimedwait(Fiber& fiber, const SignalSet* set, siginfo_t* info, const timespec* timeout,
                     std::size_t size) noexcept {
  return wait_by(parked, fiber, set, info, timeout, size);
}

bool waits_for_signals(long nr) noexcept {
  return nr == SYS_pause || nr == SYS_rt_sigsuspend || nr == SYS_rt_sigtimedwait;
}

long wait_for_signals_natively(Fiber& fiber, long nr, const long (&words)[6]) noexcept {
  const auto* set = reinterpret_cast<const SignalSet*>(words[0]);
  switch (nr) {
    case SYS_pause: return pause_by(in_kernel, fiber);
    case SYS_rt_sigsuspend: return suspend_by(in_kernel, fiber, set, static_cast<std::size_t>(words[1]));
    default:
      return wait_by(in_kernel, fiber, set, reinterpret_cast<siginfo_t*>(words[1]),
                     reinterpret_cast<const timespec*>(words[2]), static_cast<std::size_t>(words[3]));
  }
}

}  // namespace unblock::calls
