// The signal mask that a call brings along.
#pragma once

#include <cerrno>

#include "signals/signals.h"
#include "user.h"
#include "waits/waiting.h"

namespace unblock::calls {

/// A signal mask as calls have it among their arguments; pselect6(2) has a pointer to such a structure.
struct GivenMask {
  const SignalSet* set = nullptr;
  std::size_t size = 0;
};

/// Takes the mask, if there is one, out of the arguments of call `nr`, which the kernel is to answer: it is
/// meant for the fiber, not for the kernel thread. 0 or -EFAULT.
[[nodiscard]] long take_mask_out(long nr, long (&words)[6], GivenMask& mask) noexcept;

/// A call's own signal mask: ppoll(2), pselect(2), epoll_pwait(2). Stays for the handlers of a signal that
/// interrupts the call; otherwise ends with it.
class TemporaryMask {
 public:
  TemporaryMask(Fiber& fiber, const GivenMask& mask) noexcept : fiber_(fiber) {
    if (!mask.set) return;
    SignalSet given;
    if (mask.size != sizeof(SignalSet))
      error_ = -EINVAL;
    else if (!user::load(mask.set, given))
      error_ = -EFAULT;
    else
      signals::set_temporary_mask(fiber, given);
  }

  [[nodiscard]] long error() const noexcept { return error_; }

  /// Passes the call's result on, and ends the mask unless a signal is to be handled under it.
  [[nodiscard]] long over(long result) noexcept {
    if (result != waiting::restart_unhandled) signals::end_temporary_mask(fiber_);
    return result;
  }

 private:
  Fiber& fiber_;
  long error_ = 0;
};

}  // namespace unblock::calls
