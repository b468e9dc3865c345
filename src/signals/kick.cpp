// The signal that makes a kernel thread of ours look up.
#include <atomic>
#include <cerrno>

#include "kernel.h"
#include "signals/signals.h"

namespace unblock::signals {

namespace {

constinit std::atomic<bool> starved{false};  // there was no room for a kick

}  // namespace

// Past RLIMIT_SIGPENDING a standard number is sent all the same, without information, and SIGILL is never
// blocked, nor its handler anybody else's.
void send_kick(pid_t process, pid_t ktid) noexcept {
  if (kernel::call(SYS_tgkill, process, ktid, kick) != -EAGAIN) return;
  starved.store(true, std::memory_order_seq_cst);
  kernel::call(SYS_tgkill, process, ktid, SIGILL);
}

void send_kick(pid_t ktid) noexcept { send_kick(static_cast<pid_t>(kernel::call(SYS_getpid)), ktid); }

// What a thread sends itself as by kill(2) is sent without information rather than not.
void detail::kick_here() noexcept {
  siginfo_t info{};
  info.si_signo = kick;
  info.si_code = SI_USER;
  kernel::call(SYS_rt_tgsigqueueinfo, kernel::call(SYS_getpid), kernel::call(SYS_gettid), kick, &info);
}

bool is_kick(const siginfo_t& info) noexcept {
  const bool informs =
      info.si_code == SI_TKILL && info.si_pid == static_cast<pid_t>(kernel::call(SYS_getpid));
  if (info.si_signo == kick && informs) return true;
  if (!starved.load(std::memory_order_seq_cst) || (info.si_signo != kick && info.si_signo != SIGILL))
    return false;
  return informs || (info.si_code == SI_USER && info.si_pid == 0);
}

}  // namespace unblock::signals
