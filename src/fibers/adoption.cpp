// What the kernel keeps for a thread moves to its fiber and back.
#include "fibers/adoption.h"

#include <climits>
#include <sys/prctl.h>
#include <sys/rseq.h>

#include "fibers/carrier.h"
#include "fibers/context.h"
#include "fibers/cpu_time.h"
#include "fibers/groups.h"
#include "fibers/processors.h"
#include "kernel.h"
#include "signals/signals.h"
#include "waits/futex.h"

// Newer than the oldest libc we run with.
#pragma weak __rseq_offset
#pragma weak __rseq_size

namespace unblock::adoption {

namespace {

// Registers glibc's area for restartable sequences, or (flags 1) takes it back: rseq(2).
std::uint32_t* register_rseq(unsigned flags) noexcept {
  if (!&__rseq_offset || !&__rseq_size || __rseq_size == 0) return nullptr;
  constexpr unsigned signature = 0x53053053, bytes = 32;
  auto* area =
      reinterpret_cast<std::uint32_t*>(context::current_fs() + static_cast<std::uintptr_t>(__rseq_offset));
  return kernel::call(SYS_rseq, area, bytes, flags, signature) < 0 ? nullptr : area;
}

// The kernel writes the processor's number into the area of the thread that registered it, which is not the
// one that runs on this kernel thread from now on.
void unregister_rseq() noexcept {
  std::uint32_t* area = register_rseq(1);
  if (!area) return;
  constexpr std::uint32_t uninitialised = ~0u;
  area[0] = 0;              // cpu_id_start
  area[1] = uninitialised;  // cpu_id
}

bool give_carrier(Fiber& founder, patch::Others others) noexcept {
  Processor& home = processors::at(0);
  if (others != patch::Others::running) return carriers::adopt(founder, home);
  Group& group = groups::of(founder);
  group.own = carriers::adopt_reserved(founder, home);
  if (group.own) cpu_time::alone(*group.own);
  return group.own;
}

}  // namespace

Fiber* prepare(patch::Others others) noexcept {
  const int group = groups::vacant();
  Fiber* founder = group < 0 ? nullptr : fibers::create(static_cast<unsigned>(group));
  if (!founder) return nullptr;
  groups::found(*founder);
  founder->main = true;
  // glibc's words for it: what pthread_join(3) waits for, the locks it holds. The kernel thread itself never
  // ends.
  kernel::call(SYS_prctl, PR_GET_TID_ADDRESS, &founder->clear_tid);
  std::size_t size;
  kernel::call(SYS_get_robust_list, 0, &founder->robust, &size);
  founder->tid = static_cast<pid_t>(kernel::call(SYS_gettid));
  cpu_time::adopt(*founder);
  if (give_carrier(*founder, others)) return founder;
  fibers::destroy(*founder);
  return nullptr;
}

void begin(Fiber& founder) noexcept {
  unregister_rseq();
  unblock_self = &founder;
  InRuntime inside(founder);
  signals::listen(~founder.signals.mask.load(std::memory_order_relaxed));
}

void undo(Fiber& founder) noexcept {
  if (Carrier* own = groups::of(founder).own) carriers::release_reserved(*own);
  founder.on_carrier.store(false, std::memory_order_relaxed);
  fibers::destroy(founder);
}

void end(Fiber& founder) noexcept {
  unblock_self = nullptr;
  signals::hand_over(founder);
  static_cast<void>(register_rseq(0));
  // Who waits for this thread's end is to be woken by the kernel from now on: glibc looks and waits anew.
  auto* const word = reinterpret_cast<std::uint32_t*>(founder.clear_tid);
  undo(founder);
  if (word) futex::wake(word, INT_MAX);
}

}  // namespace unblock::adoption
