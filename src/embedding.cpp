// The host, its descriptor and its steps.
#include "embedding.h"

#include <cerrno>
#include <sys/epoll.h>

#include "descriptors/descriptors.h"
#include "entry/outsiders.h"
#include "fibers/processor.h"
#include "fibers/processors.h"
#include "fibers/scheduler.h"
#include "kernel.h"
#include "watchdog/apart.h"

namespace unblock::embedding {

namespace detail {
constinit std::atomic<Fiber*> host{nullptr};
}

namespace {

constinit int descriptor = -1;
constinit std::uint64_t settled_at = 0;  // the processor's tick when its descriptor was last made to tell all

// What the others began to wait for is asked of the kernel, and until when they wait at most.
void settle(Processor& processor) noexcept {
  processor.look();
  processor.rest();
  settled_at = processor.tick.load(std::memory_order_relaxed);
}

}  // namespace

long begin(Fiber& main) noexcept {
  if (hosts(main)) return descriptor;
  if (fibers::live() > 1 || processors::count() > 1 || outsiders::present()) return -EBUSY;
  const long made = kernel::call(SYS_epoll_create1, EPOLL_CLOEXEC);
  if (made < 0) return made;
  descriptors::forget(static_cast<int>(made));
  scheduler::acquire(main);
  Processor& processor = *main.home;
  processor.loop().show_in(static_cast<int>(made));
  settle(processor);
  scheduler::release(main);
  descriptor = static_cast<int>(made);
  detail::host.store(&main, std::memory_order_relaxed);
  main.native_only |= Fiber::by_wish;
  watchdog::share_table();  // the host's calls are not to be kicked
  return made;
}

void step(Fiber& fiber) noexcept {
  scheduler::acquire(fiber);
  fiber.home->look();
  scheduler::let_round_run(fiber);
  settle(*fiber.home);
  scheduler::release(fiber);
}

void after_call(Fiber& fiber) noexcept {
  if (!hosts(fiber) || fiber.home->tick.load(std::memory_order_relaxed) == settled_at) return;
  const InRuntime inside(fiber);
  scheduler::acquire(fiber);
  settle(*fiber.home);
  scheduler::release(fiber);
}

void end() noexcept {
  Fiber* main = detail::host.exchange(nullptr, std::memory_order_relaxed);
  if (!main) return;
  main->native_only = 0;
  kernel::call(SYS_close, descriptor);
  descriptor = -1;
}

}  // namespace unblock::embedding
