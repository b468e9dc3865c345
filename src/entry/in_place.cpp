// Calls that sleep in the kernel.
#include "entry/in_place.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include "embedding.h"
#include "events.h"
#include "fibers/scheduler.h"
#include "kernel.h"
#include "options.h"
#include "siblings/siblings.h"
#include "signals/signals.h"
#include "stats.h"
#include "watchdog/apart.h"

extern "C" {
[[gnu::visibility("hidden")]] long unblock_interruptible(long nr, const long* arguments,
                                                         const std::atomic<std::uint64_t>* attention);
[[gnu::visibility("hidden")]] extern const char unblock_interruptible_begin[];
[[gnu::visibility("hidden")]] extern const char unblock_interruptible_end[];
[[gnu::visibility("hidden")]] extern const char unblock_interruptible_abort[];
}

namespace unblock::in_place {

namespace {

long marked(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept {
  // Not to be touched by another fiber: it stays on this kernel thread until the call is over.
  const detail::Marked mark(*fiber.carrier, nr);
  watchdog::share_table();  // it cannot ask for that without a kick, which ends some calls
  const long result = unblock_interruptible(nr, arguments, &fiber.signals.attention);
  if (kernel::failed(result)) detail::note_error(fiber, result);
  return result;
}

bool gives_processor(const Fiber& fiber) noexcept {
  return fibers::live() > 1 && !siblings::keeps_processor(fiber) && !embedding::hosts(fiber);
}

}  // namespace

long sleeping(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept {
  stats::count(stats::in_place_calls);
  if (events::watched()) [[unlikely]]
    events::parks_in_kernel(fiber, nr);
  if (!fiber.carrier->alone() && gives_processor(fiber)) scheduler::hand_off(fiber);
  const long result = marked(fiber, nr, arguments);
  if (events::watched()) [[unlikely]]
    events::resumed(fiber);
  return result;
}

bool may_sleep(const Fiber& fiber) noexcept {
  return fiber.limit == never && !fiber.sibling && !embedding::hosts(fiber) && !options::values().cooperative;
}

void detail::note_error(Fiber& fiber, long error) noexcept {
  fiber.cut_short |= error == -EINTR;
  signals::collect_signal_of(fiber, error);
}

long perhaps(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept {
  return marked(fiber, nr, arguments);
}

long quick(long nr, const long (&arguments)[6]) noexcept {
  return kernel::syscall6(nr, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                          arguments[5]);
}

bool called_off(Fiber& fiber) noexcept {
  return fiber.carrier->called_off.exchange(false, std::memory_order_relaxed);
}

unsigned long interrupted_at(unsigned long instruction) noexcept {
  const auto address = [](const char* label) { return reinterpret_cast<unsigned long>(label); };
  const bool inside =
      instruction >= address(unblock_interruptible_begin) && instruction < address(unblock_interruptible_end);
  return inside ? address(unblock_interruptible_abort) : 0;
}

}  // namespace unblock::in_place
