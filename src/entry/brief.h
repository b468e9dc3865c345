// Calls that are answered by a few words: without a frame, the vector registers untouched.
//
// Each thread makes six of them between its creation and its end: for its signal mask, its robust list, its
// rseq area. Saving and loading all registers is most of what these would cost. And each lock that others
// waited for, or may have, is left with a futex's wake-up: most find nobody, or one to make ready.
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
constexpr long calls[] = {SYS_rt_sigprocmask, SYS_set_robust_list, SYS_rseq, SYS_gettid, SYS_futex};

[[nodiscard]] constexpr bool answers(long nr) noexcept {
  for (const long call : calls)
    if (call == nr) return true;
  return false;
}

/// What entry.S does when unblock_brief() has returned.
enum class Answer : std::uint8_t {
  None = 0,             ///< nothing was done: on to the dispatcher
  Given = 1,            ///< goes on behind the site with registers.rax
  GivenAndSignals = 2,  ///< the same after unblock_settle()
};

}  // namespace unblock::brief

extern "C" {
/// Answers the call if that takes nothing else; of futexes, entry.S asks about FUTEX_WAKE_PRIVATE only. Not
/// in the runtime unless it says so: to a signal handler it is the program's own code. May use no vector
/// registers, nor call who does: it is compiled without.
[[gnu::visibility("hidden")]] unblock::brief::Answer unblock_brief(
    unblock::Fiber* fiber, unblock::brief::Registers* registers) noexcept;
}
