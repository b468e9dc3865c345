// Calls that are answered by a few words of the fiber's own: without a frame, the vector registers untouched.
//
// Each thread makes six of them between its creation and its end: for its signal mask, its robust list, its
// rseq area. Saving and loading all registers is most of what these would cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <sys/syscall.h>

#include "fibers/fiber.h"

namespace unblock::brief {

/// What entry.S has on the stack meanwhile, below the red zone.
struct Registers {
  std::uint64_t rbp;
  std::uint64_t rax;  ///< the call's number, and its result
  std::uint64_t r10, r9, r8, rdx, rsi, rdi;
  std::uint64_t site;
};

static_assert(offsetof(Registers, rax) == 8 && offsetof(Registers, site) == 64 && sizeof(Registers) == 72);

/// Their numbers. What is not answered here is by the handler of the call (calls/handlers.h).
constexpr long calls[] = {SYS_rt_sigprocmask, SYS_set_robust_list, SYS_rseq, SYS_gettid};

}  // namespace unblock::brief

extern "C" {
/// Answers the call if that takes nothing else, a signal handler least of all; else false, with nothing done.
/// Not in the runtime: to a signal handler it is the program's own code. May use no vector registers, nor
/// call who does: it is compiled without.
[[gnu::visibility("hidden")]] bool unblock_brief(unblock::Fiber* fiber,
                                                 unblock::brief::Registers* registers) noexcept;
}
