// Faults: traps of rewritten sites, bad addresses given to system calls, stack overflows, and the program's
// own.
#include <cstdint>
#include <sys/mman.h>

#include "entry/outsiders.h"
#include "fibers/carrier.h"
#include "kernel.h"
#include "log.h"
#include "memory/stacks.h"
#include "patch/patch.h"
#include "signals/signals.h"
#include "user.h"

namespace unblock::signals {

namespace {

// Whether an access at `address` with the stack pointer at `stack` ran off the end of a fiber's stack: just
// below or above the pointer, and nothing is accessible there.
bool overflowed(std::uintptr_t address, std::uintptr_t stack) noexcept {
  constexpr std::uintptr_t reach = 64 << 10;
  return address + reach > stack && address < stack + reach / 8;
}

// A fault's signal frame, copied to where the program's handler is to run: the carrier's own fault stack
// must be free again by then, since the handler may block and the fiber go on elsewhere.
struct Landing {
  ucontext_t context;  // first: rt_sigreturn finds it at the stack pointer
  SignalAction action;
  siginfo_t info;
};

// The size of the vector state that follows a signal frame. See the kernel's asm/sigcontext.h.
std::size_t vector_state_bytes(const void* state) noexcept {
  constexpr std::uint32_t magic = 0x46505853;  // FP_XSTATE_MAGIC1
  const auto* words = reinterpret_cast<const std::uint32_t*>(static_cast<const char*>(state) + 464);
  return words[0] == magic ? words[1] : 512;
}

// On the fiber's stack again: runs the handler, and returns as the kernel would have it.
[[noreturn]] void land(Landing* landing) {
  Fiber& fiber = *self();
  detail::run_handler(fiber, landing->action, landing->info, &landing->context, nullptr);
  detail::readdress(fiber, landing->context);
  asm volatile("movq %0, %%rsp\n\tmovl %1, %%eax\n\tsyscall" ::"r"(landing), "i"(SYS_rt_sigreturn)
               : "memory");
  __builtin_unreachable();
}

// Sends the interrupted flow to land(). False if its stack cannot be written, which the kernel punishes, too.
bool redirect(const Fiber& fiber, const SignalAction& action, const siginfo_t& info,
              ucontext_t& context) noexcept {
  auto& registers = context.uc_mcontext.gregs;
  auto* stack = reinterpret_cast<char*>(registers[REG_RSP]);
  void* alternate = detail::alternate_stack(fiber, action, stack);
  auto top =
      alternate ? reinterpret_cast<std::uintptr_t>(alternate) : reinterpret_cast<std::uintptr_t>(stack) - 128;
  void* vectors = context.uc_mcontext.fpregs;
  const std::size_t vector_bytes = vectors ? vector_state_bytes(vectors) : 0;
  const std::uintptr_t state = (top - vector_bytes) & ~std::uintptr_t{63};
  auto* landing = reinterpret_cast<Landing*>((state - sizeof(Landing)) & ~std::uintptr_t{15});
  if (!user::copy(reinterpret_cast<void*>(state), vectors, vector_bytes) ||
      !user::copy(&landing->context, &context, sizeof context) ||
      !user::copy(&landing->action, &action, sizeof action) ||
      !user::copy(&landing->info, &info, sizeof info))
    return false;
  landing->context.uc_mcontext.fpregs = vectors ? reinterpret_cast<fpregset_t>(state) : nullptr;
  registers[REG_RDI] = reinterpret_cast<greg_t>(landing);
  registers[REG_RSP] = reinterpret_cast<greg_t>(landing) - 8;  // as if land() had been called
  registers[REG_RIP] = reinterpret_cast<greg_t>(&land);
  registers[REG_EFL] &= ~0x400;  // the direction flag, clear at every function's start
  return true;
}

// Takes the program's handler for a fault that is its own. With none, the next attempt at the instruction
// ends the process as natively.
void pass_on(Fiber* fiber, int signal, siginfo_t* info, ucontext_t& context) {
  const SignalAction action = detail::actions[signal];
  const bool blocked = fiber && (fiber->signals.mask.load(std::memory_order_relaxed) & signal_bit(signal));
  if (action.handler == SIG_DFL || action.handler == SIG_IGN || blocked || !fiber) {
    if (fiber && signal == SIGSEGV &&
        overflowed(reinterpret_cast<std::uintptr_t>(info->si_addr),
                   static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RSP])))
      log::error(log::core, "thread ", fiber->tid, fiber->name[0] ? " " : "", fiber->name,
                 " overflowed its stack at ",
                 format::Hex{static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RIP])});
    detail::set_kernel_action(signal, {SIG_DFL, 0, nullptr, 0});
    return;
  }
  if (action.flags & SA_RESETHAND) detail::actions[signal].handler = SIG_DFL;
  if (!redirect(*fiber, action, *info, context)) detail::set_kernel_action(signal, {SIG_DFL, 0, nullptr, 0});
}

// Whether a fault is ours, and the flow goes on elsewhere.
bool resolved(int signal, ucontext_t& context) noexcept {
  auto& rip = context.uc_mcontext.gregs[REG_RIP];
  const auto here = static_cast<std::uintptr_t>(rip);
  std::uintptr_t go_on = signal == SIGILL ? patch::trap_target(here) : 0;
  if (!go_on) go_on = user::recovery(here);
  if (go_on) rip = static_cast<greg_t>(go_on);
  return go_on;
}

// Not a fault: by somebody, or a kick.
void take_sent(Fiber* fiber, const siginfo_t& info) noexcept {
  if (is_kick(info)) return detail::kick_here();
  if (fiber) ++fiber->in_runtime;
  post(info);
  if (fiber) --fiber->in_runtime;
  // On the fiber's own stack, once this has returned.
  if (fiber && !fiber->in_runtime && fiber->signals.attention.load(std::memory_order_relaxed))
    send_kick(static_cast<pid_t>(kernel::call(SYS_gettid)));
}

}  // namespace

void detail::on_fault(int signal, siginfo_t* info, void* raw) {
  auto& context = *static_cast<ucontext_t*>(raw);
  const bool sent = info->si_code <= 0;
  if (!sent && resolved(signal, context)) return;
  Fiber* fiber = self();
  if (!fiber && outsiders::of_program()) return handle_outside(signal, info, raw);
  if (sent) return take_sent(fiber, *info);
  // A guard of ours is a mapping without access to the program.
  if (info->si_code == SEGV_MAPERR && signal == SIGSEGV &&
      stacks::guards(reinterpret_cast<std::uintptr_t>(info->si_addr)))
    info->si_code = SEGV_ACCERR;
  pass_on(fiber, signal, info, context);
}

}  // namespace unblock::signals
