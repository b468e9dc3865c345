// Making and ending fibers.
#include "fibers/threads.h"

#include <cerrno>
#include <linux/futex.h>
#include <linux/sched.h>

#include "entry/outsiders.h"
#include "events.h"
#include "fibers/groups.h"
#include "fibers/processors.h"
#include "fibers/scheduler.h"
#include "fibers/scheduling.h"
#include "kernel.h"
#include "memory/stacks.h"
#include "runtime.h"
#include "siblings/siblings.h"
#include "siblings/slices.h"
#include "signals/signals.h"
#include "user.h"
#include "waits/brief_wake.h"
#include "waits/futex.h"

// entry.S: goes on behind the site with the frame's registers, stack included.
extern "C" [[noreturn]] [[gnu::visibility("hidden")]] void unblock_resume(unblock::Frame* frame);

namespace unblock::threads {

namespace {

constexpr std::size_t red_zone = 128;

// Where a new fiber keeps the registers it starts with: at the top of its stack, until they are loaded.
Frame* start_frame(std::uint64_t stack_top) noexcept {
  return reinterpret_cast<Frame*>((stack_top - red_zone - sizeof(Frame)) & ~std::uint64_t{63});
}

// The first of a fiber.
void start(boost::context::detail::transfer_t arrival) {
  scheduler::arrived(arrival);
  Fiber& fiber = *self();
  scheduler::release(fiber);
  auto* frame = static_cast<Frame*>(fiber.scratch);
  fiber.scratch = nullptr;
  events::started(fiber);
  asm volatile("" ::: "memory");
  fiber.in_runtime = 0;
  if (fiber.signals.attention.load(std::memory_order_seq_cst)) {
    const signals::FoundCall begun{frame, 0};
    signals::deliver(fiber, nullptr, &begun);
  }
  unblock_resume(frame);
}

// The new thread's own variable `unblock_self`, at the same distance from its thread pointer as ours.
Fiber** self_of(std::uint64_t tls) noexcept {
  const auto offset = reinterpret_cast<std::uintptr_t>(&unblock_self) - context::current_fs();
  return reinterpret_cast<Fiber**>(tls + offset);
}

bool report_tid(const CloneArguments& arguments, pid_t tid) noexcept {
  if ((arguments.flags & CLONE_PARENT_SETTID) && !user::store(arguments.parent_tid, tid)) return false;
  return !(arguments.flags & CLONE_CHILD_SETTID) || user::store(arguments.child_tid, tid);
}

}  // namespace

long read_arguments(const Frame& frame, CloneArguments& arguments) noexcept {
  const auto word = [&](int index) { return static_cast<std::uint64_t>(frame.arguments[index]); };
  if (frame.rax == SYS_clone) {
    arguments = {word(0), reinterpret_cast<int*>(word(2)), reinterpret_cast<int*>(word(3)), word(1), word(4)};
    return 0;
  }
  if (frame.rax != SYS_clone3) {  // fork, vfork
    arguments.flags = frame.rax == SYS_vfork ? CLONE_VM | CLONE_VFORK : 0;
    return 0;
  }
  clone_args given;
  std::uint64_t last;
  if (word(1) < CLONE_ARGS_SIZE_VER0) return -EINVAL;
  if (!user::copy_words(&given, reinterpret_cast<const void*>(word(0)), CLONE_ARGS_SIZE_VER0) ||
      !user::load(reinterpret_cast<const std::uint64_t*>(word(0) + word(1)) - 1, last))
    return -EFAULT;
  arguments = {given.flags, reinterpret_cast<int*>(given.parent_tid), reinterpret_cast<int*>(given.child_tid),
               given.stack ? given.stack + given.stack_size : 0, given.tls};
  return 0;
}

long create(Fiber& parent, const Frame& frame, const CloneArguments& arguments) noexcept {
  if (!arguments.stack_top || !(arguments.flags & CLONE_SETTLS)) return -EINVAL;
  Fiber* fiber = fibers::create(parent.making_helper ? groups::of_libc : parent.group);
  if (!fiber) return -EAGAIN;
  Frame* registers = start_frame(arguments.stack_top);
  if (!user::writable(registers, sizeof *registers) || !report_tid(arguments, fiber->tid) ||
      !user::store(self_of(arguments.tls), fiber)) {
    fibers::destroy(*fiber);
    return -EFAULT;
  }
  *registers = frame;
  registers->rax = 0;
  registers->rsp = arguments.stack_top;
  fiber->scratch = registers;
  if (arguments.flags & CLONE_CHILD_CLEARTID) fiber->clear_tid = arguments.child_tid;
  fiber->context = {boost::context::detail::make_fcontext(registers, 0, start), arguments.tls};
  fiber->home = &processors::for_child_of(parent);
  fiber->in_runtime = 1;
  fiber->signals.mask.store(parent.signals.mask.load(std::memory_order_relaxed), std::memory_order_relaxed);
  scheduling::inherit(parent, *fiber);
  __builtin_memcpy(fiber->name, parent.name, sizeof fiber->name);
  stacks::begin(arguments.stack_top);
  const long tid = fiber->tid;
  scheduler::begin_near(parent, *fiber);
  parent.has_newborns = true;
  return tid;
}

void exit(Fiber& fiber, int status) noexcept {
  if ((fibers::live() == 1 && !outsiders::present()) || fiber.sibling) runtime::exit_process(status);
  futex::release_robust_list(fiber);
  signals::discard(fiber);
  ++fiber.in_runtime;
  events::ended(fiber);
  scheduler::exit(fiber);
}

void bury(Fiber& fiber, Carrier& carrier) noexcept {
  auto* word = reinterpret_cast<std::uint32_t*>(fiber.clear_tid);
  slices::leave(fiber);
  fiber.on_carrier.store(false, std::memory_order_release);
  fibers::destroy(fiber);
  if (!word) return;
  // From here on the thread's stack and descriptor may be gone: the word's address is all that is used.
  if (!user::store(word, 0u)) return;
  const bool holds = carrier.claim.load(std::memory_order_relaxed) == Claim::Inside;
  if (!holds || futex::wake_one_briefly(*carrier.processor, reinterpret_cast<std::uintptr_t>(word)) < 0)
    futex::wake(word, 1);
}

bool is_exit_word(const std::uint32_t* word) noexcept {
  std::uint32_t tid;
  if (!user::load(word, tid)) return false;
  const Fiber* fiber = fibers::find(static_cast<pid_t>(tid));
  return fiber && reinterpret_cast<const std::uint32_t*>(fiber->clear_tid) == word;
}

}  // namespace unblock::threads

namespace unblock::calls {

long gettid(Fiber& fiber) noexcept { return siblings::thread_of(fiber).tid; }

long set_tid_address(Fiber& fiber, int* word) noexcept {
  Fiber& thread = siblings::thread_of(fiber);
  thread.clear_tid = word;
  return thread.tid;
}

long set_robust_list(Fiber& fiber, robust_list_head* head, std::size_t size) noexcept {
  if (size != sizeof(robust_list_head)) return -EINVAL;
  fiber.robust = head;
  return 0;
}

long get_robust_list(Fiber& fiber, int tid, robust_list_head** head, std::size_t* size) noexcept {
  Fiber* target = tid == 0 ? &fiber : fibers::find(tid);
  if (!target) return kernel::call(SYS_get_robust_list, tid, head, size);
  return user::store(size, sizeof(robust_list_head)) && user::store(head, target->robust) ? 0 : -EFAULT;
}

// A fiber changes kernel threads, so it has no area that the kernel could keep. Success, since glibc ends the
// process otherwise; the area's cpu_id stays "uninitialised", which everybody checks.
long rseq(Fiber&) noexcept { return 0; }

long exit(Fiber& fiber, int status) noexcept { threads::exit(fiber, status); }

long exit_group(Fiber&, int status) noexcept { runtime::exit_process(status); }

}  // namespace unblock::calls
