// Putting slices of the shared stack away and bringing them back.
#include "siblings/slices.h"

#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <new>
#include <sys/resource.h>
#include <utility>

#include "fibers/carrier.h"
#include "fibers/processor.h"
#include "kernel.h"
#include "siblings/private_globals.h"
#include "signals/alarms.h"
#include "stats.h"

// ld.so's: where the kernel put the arguments; the program's first frame is below.
extern "C" void* __libc_stack_end;

namespace unblock::slices {

namespace detail {
constinit Fiber* seated = nullptr;
}

namespace {

using detail::seated;

// The shared thread's own variables, by address: the flow that copies has another thread pointer.
struct Shared {
  char* base = nullptr;
  Fiber** self = nullptr;
  int* error_number = nullptr;
  ExceptionGlobals* exceptions = nullptr;  // null: the program has no C++ runtime
};

constinit Shared shared;

constexpr std::size_t reach = 64 << 20;  // bytes below the base that may be main()'s stack

bool on_shared_stack(const void* address) noexcept {
  const auto* byte = static_cast<const char*>(address);
  return byte < shared.base && byte > shared.base - reach;
}

bool find_shared() noexcept {
  shared.base = static_cast<char*>(__libc_stack_end);
  shared.self = &unblock_self;
  shared.error_number = &errno;
  using Globals = ExceptionGlobals*();
  auto* globals = reinterpret_cast<Globals*>(dlsym(RTLD_DEFAULT, "__cxa_get_globals"));
  shared.exceptions = globals ? globals() : nullptr;
  return on_shared_stack(__builtin_frame_address(0));
}

Sibling* make(Fiber& fiber, Fiber& thread) noexcept {
  const blocks::Block block = blocks::allocate(sizeof(Sibling));
  return block.start ? new (block.start) Sibling(fiber, thread) : nullptr;
}

// Room for `size` bytes that is not much more than that: what a waiting sibling costs is its slice.
bool fit(Sibling& sibling, std::size_t size) noexcept {
  if (sibling.kept.room >= size && sibling.kept.room - size < 2 * limits::block_step) return true;
  const blocks::Block grown = blocks::allocate(size);
  if (!grown.start) return sibling.kept.room >= size;
  blocks::release(std::exchange(sibling.kept, grown));
  return true;
}

void put_away(Fiber& fiber) noexcept {
  Sibling& sibling = *fiber.sibling;
  const auto* lowest = static_cast<const char*>(fiber.context.stack);
  const auto size = static_cast<std::size_t>(shared.base - lowest);
  // Without memory nobody else can run: the kernel's own stalls are no shorter.
  for (const timespec pause{0, 1'000'000}; !fit(sibling, size);) kernel::call(SYS_nanosleep, &pause, nullptr);
  std::memcpy(sibling.kept.start, lowest, size);
  sibling.size = size;
  sibling.error_number = *shared.error_number;
  if (shared.exceptions) sibling.exceptions = *shared.exceptions;
  private_globals::put_away(sibling);
  stats::count(stats::slices_copied, 1);
}

void bring_back(Fiber& fiber) noexcept {
  Sibling& sibling = *fiber.sibling;
  std::memcpy(shared.base - sibling.size, sibling.kept.start, sibling.size);
  *shared.error_number = sibling.error_number;
  if (shared.exceptions) *shared.exceptions = sibling.exceptions;
  private_globals::bring_back(sibling);
  stats::count(stats::slices_copied, 1);
}

}  // namespace

bool found(Fiber& thread) noexcept {
  if (!find_shared() || !private_globals::begin() || !(thread.sibling = make(thread, thread))) return false;
  seated = &thread;
  alarms::adopt(thread);
  return true;
}

bool join(Fiber& fiber, Fiber& original) noexcept {
  fiber.sibling = make(fiber, original.sibling->thread);
  if (fiber.sibling) fiber.sibling->copy_of = &original;
  return fiber.sibling != nullptr;
}

void abandon() noexcept {
  seated = nullptr;
  private_globals::abandon();
}

void leave(Fiber& fiber) noexcept {
  Sibling* sibling = std::exchange(fiber.sibling, nullptr);
  if (!sibling) return;
  if (seated == &fiber) abandon();
  private_globals::release(*sibling);
  blocks::release(sibling->kept);
  blocks::release({reinterpret_cast<char*>(sibling), sizeof(Sibling)});
}

void seat(Fiber& fiber) noexcept {
  if (seated != &fiber) {
    if (seated) put_away(*seated);
    if (const Fiber* original = std::exchange(fiber.sibling->copy_of, nullptr))
      fiber.context.stack = original->context.stack;  // seated until now: the same slice is in place
    else
      bring_back(fiber);
    seated = &fiber;
  }
  *shared.self = &fiber;
}

bool detail::must_stay(const Sibling& sibling) noexcept {
  return sibling.undivided || !on_shared_stack(__builtin_frame_address(0));
}

void wait_alone(Fiber& fiber) noexcept {
  Processor& processor = *fiber.carrier->processor;
  Fiber* others = nullptr;  // ready before us, last first
  for (;;) {
    Fiber* next = processor.pick();
    if (next == &fiber) break;
    if (next)
      next->next = std::exchange(others, next);
    else
      processor.poll();
  }
  Fiber* ordered = nullptr;
  while (others) {
    Fiber* next = others->next;
    others->next = std::exchange(ordered, others);
    others = next;
  }
  while (ordered) {
    Fiber* next = ordered->next;
    processor.push(*ordered);
    ordered = next;
  }
}

void go_on_as(Fiber& fiber) noexcept {
  Fiber& former = *self();
  Carrier& carrier = *former.carrier;
  fiber.in_runtime = former.in_runtime;
  fiber.restart_deadline = 0;
  fiber.cancellable.store(false, std::memory_order_relaxed);
  fiber.wait.store(Wait::None, std::memory_order_relaxed);
  fiber.carrier = &carrier;
  fiber.on_carrier.store(true, std::memory_order_relaxed);
  std::swap(fiber.sibling, former.sibling);
  std::swap(fiber.sibling->fiber, former.sibling->fiber);
  seated = carrier.running = unblock_self = &fiber;
  leave(former);
  former.on_carrier.store(false, std::memory_order_release);
  fibers::destroy(former);
}

void forget() noexcept {
  seated = nullptr;
  alarms::forget_all();
}

}  // namespace unblock::slices
