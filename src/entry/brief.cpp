// Calls that are answered without a frame. No vector registers here, see meson.build.
#include "entry/brief.h"

#include <cerrno>
#include <csignal>

#include "entry/outsiders.h"
#include "signals/signals.h"
#include "user.h"
#include "waits/brief_wake.h"

namespace unblock::brief {

namespace {

bool nothing_pends(const SignalState& state) noexcept {
  return !state.pending.set.load(std::memory_order_seq_cst) &&
         !signals::detail::process.set.load(std::memory_order_seq_cst) &&
         !state.attention.load(std::memory_order_relaxed);
}

// As signals::set_mask() does while nothing pends here or may in the kernel; else it is to look what. A
// handler may run at any time, and what it leaves as the mask is what is changed then.
bool set_mask(SignalState& state, SignalSet before, SignalSet after) noexcept {
  if (outsiders::present() || !nothing_pends(state)) return false;
  if (!state.mask.compare_exchange_strong(before, after, std::memory_order_seq_cst)) return false;
  // B: after the mask; seq_cst. Matches A in signals::post(), and signals::leave_to_kernel().
  if (nothing_pends(state) && !signals::read_by_descriptor(~after)) return true;
  state.mask.compare_exchange_strong(after, before, std::memory_order_seq_cst);
  return false;
}

bool rt_sigprocmask(Fiber& fiber, Registers& registers) noexcept {
  if (registers.r10 != sizeof(SignalSet)) return false;
  const auto* set = reinterpret_cast<const SignalSet*>(registers.rsi);
  auto* old = reinterpret_cast<SignalSet*>(registers.rdx);
  const SignalSet before = fiber.signals.mask.load(std::memory_order_relaxed);
  if (set) {
    SignalSet given, after;
    if (!user::load(set, given) || !signals::change(static_cast<int>(registers.rdi), before, given, after) ||
        !set_mask(fiber.signals, before, after))
      return false;
  }
  registers.rax = !old || user::store(old, before) ? 0 : static_cast<std::uint64_t>(-EFAULT);
  return true;
}

bool set_robust_list(Fiber& fiber, Registers& registers) noexcept {
  constexpr std::size_t size = 3 * sizeof(void*);  // of robust_list_head
  if (registers.rsi != size) return false;
  fiber.robust = reinterpret_cast<robust_list_head*>(registers.rdi);
  registers.rax = 0;
  return true;
}

bool gettid(const Fiber& fiber, Registers& registers) noexcept {
  if (fiber.sibling) return false;
  registers.rax = static_cast<std::uint64_t>(fiber.tid);
  return true;
}

bool by_its_own_words(Fiber& fiber, Registers& registers) noexcept {
  switch (registers.rax) {
    case SYS_rt_sigprocmask: return rt_sigprocmask(fiber, registers);
    case SYS_set_robust_list: return set_robust_list(fiber, registers);
    case SYS_gettid: return gettid(fiber, registers);
    case SYS_rseq: registers.rax = 0; return true;
    default: return false;
  }
}

Answer futex_wake(Fiber& fiber, Registers& registers) noexcept {
  long woken;
  {
    InRuntime inside(fiber);  // the lot's locks are not for signal handlers
    woken = futex::wake_briefly(fiber, registers.rdi, static_cast<int>(registers.rdx));
  }
  if (woken < 0) return Answer::None;
  registers.rax = static_cast<std::uint64_t>(woken);
  return fiber.signals.attention.load(std::memory_order_relaxed) ? Answer::GivenAndSignals : Answer::Given;
}

}  // namespace

}  // namespace unblock::brief

unblock::brief::Answer unblock_brief(unblock::Fiber* fiber, unblock::brief::Registers* registers) noexcept {
  using namespace unblock::brief;
  if (registers->rax == SYS_futex) return futex_wake(*fiber, *registers);
  return by_its_own_words(*fiber, *registers) ? Answer::Given : Answer::None;
}
