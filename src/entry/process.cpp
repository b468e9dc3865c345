// Children of the process.
#include "entry/process.h"

#include <atomic>
#include <linux/sched.h>

#include "calls/signal_calls.h"
#include "descriptors/descriptors.h"
#include "descriptors/early_sockets.h"
#include "entry/edge.h"
#include "entry/outsiders.h"
#include "fibers/carrier.h"
#include "fibers/scheduler.h"
#include "fibers/threads.h"
#include "kernel.h"
#include "memory/sharing.h"
#include "memory/stacks.h"
#include "memory/tls_reserve.h"
#include "options.h"
#include "runtime.h"
#include "siblings/siblings.h"
#include "signals/signals.h"
#include "undisturbed.h"
#include "waits/futex.h"
#include "watchdog/apart.h"

namespace unblock::process {

constinit std::atomic<int> detail::children_in_our_memory{0};

namespace {

using detail::children_in_our_memory;

constexpr std::uint64_t thread_flags =
    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SETTLS;

// Under --except threads, or for libc's own sake; if `parent` is a fiber, one that is none beside it. Its
// mask, the fiber's, libc sets.
Verdict make_outsider(const Fiber* parent, const threads::CloneArguments& arguments) noexcept {
  if (parent) stacks::begin(arguments.stack_top);
  tls_reserve::thread_escapes();
  return Verdict::Native;
}

Verdict make_thread(Frame& frame, Fiber& parent, const threads::CloneArguments& arguments) {
  frame.rax = static_cast<std::uint64_t>(
      edge::serve(parent, &frame, [&](Fiber& fiber) { return threads::create(fiber, frame, arguments); }));
  return Verdict::Answered;
}

// What must be so before the kernel makes a child of `fiber`.
void prepare_child(Fiber& fiber, std::uint64_t flags) noexcept {
  descriptors::shared();
  fiber.carrier->keep = true;  // a child's parent-death signal is bound to the kernel thread that made it
  if (!(flags & CLONE_VM)) return;
  // It starts with this kernel thread's mask, and this flow waits in the kernel until it is gone.
  signals::expose_mask(fiber);
  children_in_our_memory.fetch_add(1);
  watchdog::share_table();  // a kick would wait until then, too
  fiber.native_only |= Fiber::as_child;
}

// One that shares our memory but runs beside us has TLS of its own, or is as careful as it is natively.
bool runs_beside(std::uint64_t flags) noexcept {
  const bool in_memory = (flags & CLONE_VM) && !(flags & CLONE_VFORK);
  if (in_memory) sharing::has_company();
  return in_memory || (flags & (CLONE_THREAD | CLONE_SETTLS));
}

}  // namespace

Verdict clone(Frame& frame) {
  threads::CloneArguments arguments;
  Fiber* fiber = self();
  {
    // Before activation nobody handles faults: the kernel is to say what is wrong with the arguments.
    if (!fiber && frame.rax == SYS_clone3 &&
        static_cast<std::size_t>(frame.arguments[1]) < CLONE_ARGS_SIZE_VER0)
      return Verdict::Native;
    if (threads::read_arguments(frame, arguments) != 0) return Verdict::Native;
  }
  if ((arguments.flags & thread_flags) == thread_flags) {
    siblings::thread_starts();
    const bool helper = fiber && fiber->making_helper && runtime::admit_outsiders();
    if (helper || options::values().except.has(Facility::Threads)) return make_outsider(fiber, arguments);
    if (!fiber) fiber = runtime::activate();
    return fiber ? make_thread(frame, *fiber, arguments) : Verdict::Native;
  }
  early_sockets::forget();
  const bool beside = runs_beside(arguments.flags);
  if (!fiber || beside) return Verdict::Native;
  prepare_child(*fiber, arguments.flags);
  return Verdict::Clone;
}

Verdict clone_outside(Frame& frame) {
  threads::CloneArguments arguments;
  if (threads::read_arguments(frame, arguments) != 0) return Verdict::Native;
  if ((arguments.flags & thread_flags) == thread_flags) {
    stacks::begin(arguments.stack_top);
    tls_reserve::thread_escapes();
    return Verdict::Native;
  }
  if (runs_beside(arguments.flags)) return Verdict::Native;
  descriptors::shared();
  if (arguments.flags & CLONE_VM) outsiders::lend(true);
  return Verdict::Clone;
}

namespace {

void after_clone_outside(bool child) {
  if (!outsiders::lent()) {
    if (child) runtime::forget(nullptr);
  } else if (!child) {
    outsiders::lend(false);
  }
}

}  // namespace

void after_clone(Frame& frame) {
  Fiber* fiber = self();
  const bool child = frame.rax == 0;
  if (!fiber) return after_clone_outside(child);
  if (child) {
    if (fiber->native_only & Fiber::as_child) return;
    children_in_our_memory.store(0);
    runtime::forget(fiber);
    return;
  }
  if (!(fiber->native_only & Fiber::as_child)) return;
  fiber->native_only &= static_cast<std::uint8_t>(~Fiber::as_child);
  children_in_our_memory.fetch_sub(1);
  signals::hide_mask();
}

void interrupt_idle_carriers() noexcept {
  const auto parent = static_cast<pid_t>(kernel::call(SYS_getppid));
  carriers::each([&](Carrier& carrier) {
    const bool idle = carrier.claim.load(std::memory_order_relaxed) == Claim::Inside && !carrier.running;
    if (const pid_t ktid = carrier.ktid.load(std::memory_order_relaxed); ktid && idle)
      signals::send_kick(parent, ktid);
  });
}

Verdict futex_in_child(Fiber& fiber, Frame& frame) noexcept {
  if (!futex::only_wakes(static_cast<int>(frame.arguments[1]))) return Verdict::Native;
  // The child's handlers run at any time, natively: they must not find our locks taken.
  const Undisturbed undisturbed;
  const long result = futex::call(
      fiber, reinterpret_cast<std::uint32_t*>(frame.arguments[0]), static_cast<int>(frame.arguments[1]),
      static_cast<std::uint32_t>(frame.arguments[2]), static_cast<long>(frame.arguments[3]),
      reinterpret_cast<std::uint32_t*>(frame.arguments[4]), static_cast<std::uint32_t>(frame.arguments[5]));
  interrupt_idle_carriers();
  frame.rax = static_cast<std::uint64_t>(result);
  return Verdict::Answered;
}

long rt_sigaction(Fiber* fiber, const Frame& frame) {
  const auto call = [&] {
    return calls::rt_sigaction(static_cast<int>(frame.arguments[0]),
                               reinterpret_cast<const SignalAction*>(frame.arguments[1]),
                               reinterpret_cast<SignalAction*>(frame.arguments[2]), frame.arguments[3]);
  };
  if (fiber) return edge::serve(*fiber, &frame, [&](Fiber&) { return call(); });
  if (outsiders::present()) return call();
  // Not active: the kernel has them all, save for SIGILL once sites are rewritten.
  if (static_cast<int>(frame.arguments[0]) == SIGILL && runtime::sites_rewritten()) return call();
  return kernel::call(SYS_rt_sigaction, frame.arguments[0], frame.arguments[1], frame.arguments[2],
                      frame.arguments[3]);
}

}  // namespace unblock::process
