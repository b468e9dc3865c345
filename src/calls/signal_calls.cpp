// Masks, dispositions and sending.
#include "signal_calls.h"

#include <cerrno>
#include <unistd.h>

#include "entry/outsiders.h"
#include "kernel.h"
#include "siblings/siblings.h"
#include "signals/pending_limit.h"
#include "user.h"

namespace unblock::calls {

using namespace signals;

namespace {

constexpr int highest = 64;

bool is_signal(int signal) noexcept { return signal > 0 && signal <= highest; }

pid_t own_pid() noexcept { return static_cast<pid_t>(kernel::call(SYS_getpid)); }

siginfo_t sent_by_us(int signal, int code) noexcept {
  siginfo_t info{};
  info.si_signo = signal;
  info.si_code = code;
  info.si_pid = own_pid();
  info.si_uid = static_cast<uid_t>(kernel::call(SYS_getuid));
  return info;
}

// Whether the kernel may have to keep such a signal, for whoever is there to take it.
bool may_be_kept(int signal) noexcept {
  return outsiders::present() || (is_signal(signal) && read_by_descriptor(signal_bit(signal)));
}

// Whether it is to be read from a descriptor. The kernel knows no fibers: whichever of them reads has it.
bool for_descriptor(int signal) noexcept {
  return read_by_descriptor(signal_bit(signal)) && !anybody_takes(signal_bit(signal));
}

// To the process, which one flow is: natively that has it before the call returns.
long post_to_process(Fiber& fiber, const siginfo_t& info) noexcept {
  if (fiber.sibling) return post(fiber, info, Sender::Program);
  if (collect_earlier(info.si_signo)) return post(info, Sender::Program);
  return detail::queue_in_kernel(info);
}

// A signal that the kernel has sent to whom may be this process, too.
long sent_by_kernel(long result, int signal) noexcept {
  if (result == 0 && is_signal(signal)) collect_process_signal(signal);
  return result;
}

}  // namespace

long rt_sigaction(int signal, const SignalAction* wanted, SignalAction* old, std::size_t size) noexcept {
  if (size != sizeof(SignalSet) || !is_signal(signal)) return -EINVAL;
  SignalAction action;
  if (wanted && !user::copy(&action, wanted, sizeof action)) return -EFAULT;
  if (wanted && (unblockable & signal_bit(signal))) return -EINVAL;
  SignalAction before;
  {
    Guard guard(detail::lock);
    before = detail::actions[signal];
    if (wanted) {
      action.mask &= ~unblockable;
      detail::actions[signal] = action;
      if (!(faults & signal_bit(signal)) && signal != kick) detail::set_kernel_action(signal, action);
      if (detail::ignored(signal)) detail::flush(signal_bit(signal));  // sigaction(2)
    }
  }
  return !old || user::copy(old, &before, sizeof before) ? 0 : -EFAULT;
}

long rt_sigprocmask(Fiber& fiber, int how, const SignalSet* set, SignalSet* old, std::size_t size) noexcept {
  if (size != sizeof(SignalSet)) return -EINVAL;
  const SignalSet before = fiber.signals.mask.load(std::memory_order_relaxed);
  if (set) {
    SignalSet given, after;
    if (!user::load(set, given)) return -EFAULT;
    if (!signals::change(how, before, given, after)) return -EINVAL;
    set_mask(fiber, after);
  }
  return !old || user::store(old, before) ? 0 : -EFAULT;
}

long rt_sigpending(Fiber& fiber, SignalSet* set, std::size_t size) noexcept {
  if (size > sizeof(SignalSet)) return -EINVAL;
  SignalSet of_kernel = 0;
  kernel::call(SYS_rt_sigpending, &of_kernel, sizeof of_kernel);
  const SignalSet pending = (fiber.signals.pending.set.load() | detail::process.set.load() | of_kernel) &
                            fiber.signals.mask.load(std::memory_order_relaxed);
  return user::copy(set, &pending, size) ? 0 : -EFAULT;
}

long sigaltstack(Fiber& fiber, const stack_t* wanted, stack_t* old) noexcept {
  stack_t& stack = fiber.signals.alternate;
  stack_t before = stack;
  const auto* here = static_cast<const char*>(__builtin_frame_address(0));
  const auto* lowest = static_cast<const char*>(stack.ss_sp);
  const bool on_it = !(stack.ss_flags & SS_DISABLE) && here > lowest && here <= lowest + stack.ss_size;
  if (on_it) before.ss_flags |= SS_ONSTACK;
  if (wanted) {
    stack_t given;
    if (!user::copy(&given, wanted, sizeof given)) return -EFAULT;
    constexpr int autodisarm = 1 << 31;  // SS_AUTODISARM
    const int mode = given.ss_flags & ~autodisarm;
    if (on_it) return -EPERM;
    if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0) return -EINVAL;
    if (mode != SS_DISABLE && given.ss_size < static_cast<std::size_t>(MINSIGSTKSZ)) return -ENOMEM;
    if (mode == SS_DISABLE)
      given = {nullptr, SS_DISABLE, 0};
    else
      given.ss_flags = 0;
    stack = given;
  }
  return !old || user::copy(old, &before, sizeof before) ? 0 : -EFAULT;
}

long kill(Fiber& fiber, pid_t pid, int signal) noexcept {
  if (pid <= 0 || (pid == own_pid() && may_be_kept(signal)))
    return sent_by_kernel(kernel::call(SYS_kill, pid, signal), signal);
  if (pid != own_pid() || !is_signal(signal) || (unblockable & signal_bit(signal)))
    return kernel::call(SYS_kill, pid, signal);
  return post_to_process(fiber, sent_by_us(signal, SI_USER));
}

long pidfd_send_signal(Fiber&, int pidfd, int signal, siginfo_t* info, unsigned flags) noexcept {
  return sent_by_kernel(kernel::call(SYS_pidfd_send_signal, pidfd, signal, info, flags), signal);
}

namespace {

// For a fiber; anything else (another process, a kernel thread of ours) is the kernel's, by `natively`.
template <class Natively>
long send(Fiber& fiber, pid_t tid, int signal, const siginfo_t& info, Natively&& natively) noexcept {
  // Siblings are one thread: what it sends itself is for who sends it.
  Fiber* target = tid == siblings::thread_of(fiber).tid ? &fiber : fibers::find(tid);
  if (!target) return natively();
  if (signal == 0) return 0;
  if (!is_signal(signal)) return -EINVAL;
  if (unblockable & signal_bit(signal)) return kernel::call(SYS_kill, own_pid(), signal);
  if (for_descriptor(signal)) return detail::queue_in_kernel(info);
  return post(*target, info, Sender::Program);
}

// What a program may claim of a signal it sends: rt_sigqueueinfo(2).
long read_info(const siginfo_t* info, int signal, siginfo_t& copy) noexcept {
  if (!user::copy(&copy, info, sizeof copy)) return -EFAULT;
  copy.si_signo = signal;
  return 0;
}

}  // namespace

long tkill(Fiber& fiber, pid_t tid, int signal) noexcept {
  return send(fiber, tid, signal, sent_by_us(signal, SI_TKILL),
              [&] { return kernel::call(SYS_tkill, tid, signal); });
}

long tgkill(Fiber& fiber, pid_t process, pid_t tid, int signal) noexcept {
  const auto natively = [&] { return kernel::call(SYS_tgkill, process, tid, signal); };
  return process == own_pid() ? send(fiber, tid, signal, sent_by_us(signal, SI_TKILL), natively) : natively();
}

long rt_sigqueueinfo(Fiber& fiber, pid_t pid, int signal, siginfo_t* info) noexcept {
  siginfo_t copy;
  if (pid == own_pid() && may_be_kept(signal))
    return sent_by_kernel(kernel::call(SYS_rt_sigqueueinfo, pid, signal, info), signal);
  if (pid != own_pid() || !is_signal(signal) || (unblockable & signal_bit(signal)))
    return kernel::call(SYS_rt_sigqueueinfo, pid, signal, info);
  if (const long error = read_info(info, signal, copy)) return error;
  return post_to_process(fiber, copy);
}

long rt_tgsigqueueinfo(Fiber& fiber, pid_t process, pid_t tid, int signal, siginfo_t* info) noexcept {
  siginfo_t copy;
  const auto natively = [&] { return kernel::call(SYS_rt_tgsigqueueinfo, process, tid, signal, info); };
  if (process != own_pid()) return natively();
  if (const long error = read_info(info, signal, copy)) return error;
  return send(fiber, tid, signal, copy, natively);
}

// Of another process it is none of ours: asked for once too often then.
long prlimit64(Fiber&, pid_t pid, unsigned resource, const rlimit* wanted, rlimit* before) noexcept {
  const long result = kernel::call(SYS_prlimit64, pid, resource, wanted, before);
  if (resource == RLIMIT_SIGPENDING && wanted) pending_limit::changed();
  return result;
}

long setrlimit(Fiber& fiber, unsigned resource, const rlimit* wanted) noexcept {
  return prlimit64(fiber, 0, resource, wanted, nullptr);
}

long signalfd4(Fiber&, int fd, const SignalSet* mask, std::size_t size, int flags) noexcept {
  const long result = kernel::call(SYS_signalfd4, fd, mask, size, flags);
  SignalSet given;
  if (result >= 0 && user::load(mask, given)) leave_to_kernel(given);
  return result;
}

long signalfd(Fiber& fiber, int fd, const SignalSet* mask, std::size_t size) noexcept {
  return signalfd4(fiber, fd, mask, size, 0);
}

}  // namespace unblock::calls
