// The registers of a system call that reached us through a rewritten site. entry.S writes and reads it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "patch/patch.h"

namespace unblock {

/// All that the kernel would preserve, and the call's arguments. Lies on the caller's stack, below its
/// red zone. On return `rax` is the call's result.
struct alignas(64) Frame {
  unsigned char xmm[16][16];
  std::uint64_t r15, r14, r13, r12, rbp, rbx;
  long arguments[6];  // rdi, rsi, rdx, r10, r8, r9
  std::uint64_t rax;
  std::uint64_t rsp;                     // the caller's
  const patch::SiteRecord* site;
  std::uint64_t rip;                     // of the site, for whoever unwinds the stack
};

static_assert(offsetof(Frame, r15) == 256 && offsetof(Frame, rbx) == 296 &&
              offsetof(Frame, arguments) == 304 && offsetof(Frame, rax) == 352 &&
              offsetof(Frame, rsp) == 360 && offsetof(Frame, site) == 368 && offsetof(Frame, rip) == 376 &&
              sizeof(Frame) == 384);

/// What entry.S does when the dispatcher has returned.
enum class Verdict : int {
  Answered = 0,  ///< goes on behind the site with frame.rax
  Native = 1,    ///< makes the call itself, with the registers and stack it came with
  Clone = 2,     ///< the same for a call that returns twice; then unblock_after_clone
};

}  // namespace unblock
