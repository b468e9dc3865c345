// A flow of control at rest: its stack pointer and its thread pointer; and the jump between two.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstdint>

namespace unblock {

/// What a flow of control needs to go on: the rest is on its stack. The FS base comes first, so that
/// errno, thread_local variables and pthread_self are the flow's own as soon as it runs.
///
/// The fcontext layer, not boost::context::fiber: that one saves the C++ exception globals itself, which
/// is wrong here, where they are thread-local and move with FS.
struct Context {
  boost::context::detail::fcontext_t stack = nullptr;
  std::uintptr_t fs = 0;
};

namespace context {

/// Chooses between `wrfsbase` and arch_prctl, by what the kernel allows. Once, before set_fs().
void initialise() noexcept;

extern bool fsgsbase;  // constant once initialised

[[nodiscard]] [[gnu::always_inline]] inline std::uintptr_t current_fs() noexcept {
  std::uintptr_t fs;  // the ABI keeps the thread pointer's own value at offset 0
  asm volatile("movq %%fs:0, %0" : "=r"(fs));
  return fs;
}

void set_fs_by_system_call(std::uintptr_t fs) noexcept;

[[gnu::always_inline]] inline void set_fs(std::uintptr_t fs) noexcept {
  if (!fsgsbase) [[unlikely]] {
    set_fs_by_system_call(fs);
    return;
  }
  asm volatile("wrfsbase %0" ::"r"(fs) : "memory");
}

/// jump_fcontext(), which leaves by a jump. Entered by one, too: after a call the CPU's stack of return
/// addresses would be one too deep, and each of the eight returns on the way back to the program
/// mispredicted.
[[gnu::always_inline]] inline boost::context::detail::transfer_t jump(boost::context::detail::fcontext_t to,
                                                                      void* data) noexcept {
  boost::context::detail::transfer_t arrival;
  asm volatile(
      "leaq 1f(%%rip), %%rax\n\t"
      "pushq %%rax\n\t"
      "jmp *jump_fcontext@GOTPCREL(%%rip)\n"
      "1:"
      : "=a"(arrival.fctx), "=d"(arrival.data), "+D"(to), "+S"(data)
      :
      : "rcx", "r8", "r9", "r10", "r11", "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
        "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  return arrival;
}

}  // namespace context
}  // namespace unblock
