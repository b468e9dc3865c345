// What a handler is told of where its fiber was when a signal found it in a system call: as close to the
// kernel's account as we have.
#pragma once

#include <cstring>
#include <ucontext.h>

#include "entry/frame.h"
#include "signals/signals.h"

namespace unblock::signals::detail {

/// The description, with what the kernel has behind its pointer to the registers for floating point.
struct Description {
  ucontext_t context;
  alignas(16) _libc_fpstate floating;
};

/// By the registers that the program made its call with. It is before the call if that is made again, as libc
/// knows since 2.41 whether a cancellation came too late; else behind it, with the result.
inline void describe_call(Description& description, const FoundCall& call, bool restarts) noexcept {
  constexpr std::uint64_t syscall_bytes = 2;
  const Frame& frame = *call.frame;
  auto& registers = description.context.uc_mcontext.gregs;
  static_assert(sizeof description.floating._xmm == sizeof frame.xmm);
  std::memcpy(description.floating._xmm, frame.xmm, sizeof frame.xmm);
  const auto set = [&](int index, auto value) { registers[index] = static_cast<greg_t>(value); };
  set(REG_RIP, frame.site->syscall + (restarts ? 0 : syscall_bytes));
  set(REG_RSP, frame.rsp);
  set(REG_RBP, frame.rbp);
  set(REG_RBX, frame.rbx);
  set(REG_R12, frame.r12);
  set(REG_R13, frame.r13);
  set(REG_R14, frame.r14);
  set(REG_R15, frame.r15);
  set(REG_RDI, frame.arguments[0]);
  set(REG_RSI, frame.arguments[1]);
  set(REG_RDX, frame.arguments[2]);
  set(REG_R10, frame.arguments[3]);
  set(REG_R8, frame.arguments[4]);
  set(REG_R9, frame.arguments[5]);
  set(REG_RAX, restarts ? frame.rax : static_cast<std::uint64_t>(call.result));
}

/// By the registers here, for a call that came through a hook, which keeps no others: what the program's
/// functions have in theirs is in these or further up the stack, and who unwinds from here comes to them, as
/// natively by way of libc. To be part of a function that lasts as long as the description.
[[gnu::always_inline]] inline void describe_here(ucontext_t& context) noexcept {
  auto& registers = context.uc_mcontext.gregs;
  asm volatile(
      "leaq (%%rip), %%rax\n\t"
      "movq %%rax, %0\n\tmovq %%rsp, %1\n\tmovq %%rbp, %2\n\tmovq %%rbx, %3\n\t"
      "movq %%r12, %4\n\tmovq %%r13, %5\n\tmovq %%r14, %6\n\tmovq %%r15, %7"
      : "=m"(registers[REG_RIP]), "=m"(registers[REG_RSP]), "=m"(registers[REG_RBP]),
        "=m"(registers[REG_RBX]), "=m"(registers[REG_R12]), "=m"(registers[REG_R13]),
        "=m"(registers[REG_R14]), "=m"(registers[REG_R15])
      :
      : "rax");
}

/// By a call's frame, or by what is here if there is none, for a handler of `action`.
[[gnu::always_inline]] inline void describe(Description& description, const FoundCall* call,
                                              const SignalAction& action) noexcept {
  std::memset(&description, 0, sizeof description);
  asm volatile("fxsave64 %0" : "=m"(description.floating));
  description.context.uc_mcontext.fpregs = &description.floating;
  if (call && call->frame)
    describe_call(description, *call, call->restarts && (action.flags & SA_RESTART));
  else
    describe_here(description.context);
}

}  // namespace unblock::signals::detail
