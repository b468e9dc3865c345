// Calling the program's callbacks.
#include "events.h"

#include <cerrno>

#include "stats.h"

namespace unblock::events {

namespace detail {
constinit std::atomic<const unblock_events*> table{nullptr};
constinit bool watched = false;
}  // namespace detail

namespace {

using Callback = void(const unblock_event* event, void* argument);

// Calls what `which` names. A callback may change errno, which the program is in the middle of using.
void call(Callback* unblock_events::*which, const unblock_event& event) noexcept {
  const unblock_events* table = detail::table.load(std::memory_order_acquire);
  if (!table || !(table->*which)) return;
  const int before = errno;
  (table->*which)(&event, table->argument);
  errno = before;
}

}  // namespace

unblock_event about(const Fiber& fiber) noexcept {
  return {fiber.tid, fiber.name, -1, -1, nullptr, UNBLOCK_NEVER, 0};
}

void tell(const unblock_events* table) noexcept {
  detail::table.store(table, std::memory_order_release);
  refresh();
}

void refresh() noexcept { detail::watched = wanted() || stats::kept(); }

void started(Fiber& fiber) noexcept {
  if (wanted()) call(&unblock_events::started, about(fiber));
}

void ended(Fiber& fiber) noexcept {
  if (wanted()) call(&unblock_events::ended, about(fiber));
}

void parks(Fiber& fiber) noexcept {
  stats::count(stats::parks);
  if (!wanted()) return;
  unblock_event event = about(fiber);
  if (fiber.futex_node.bucket.load(std::memory_order_relaxed))
    event.address = reinterpret_cast<const void*>(fiber.futex_node.address);
  else if (fiber.io_waiter.queued)
    event.descriptor = fiber.io_waiter.fd;
  if (fiber.deadline_slot) event.nanoseconds = fiber.deadline;
  call(&unblock_events::parked, event);
}

void parks_in_kernel(Fiber& fiber, long nr) noexcept {
  if (!wanted()) return;
  unblock_event event = about(fiber);
  event.call = nr;
  call(&unblock_events::parked, event);
}

void resumed(Fiber& fiber) noexcept {
  if (wanted()) call(&unblock_events::resumed, about(fiber));
}

void stalled(Fiber& fiber, long nr, Nanoseconds held) noexcept {
  unblock_event event = about(fiber);
  event.call = nr;
  event.nanoseconds = held;
  call(&unblock_events::stalled, event);
}

bool deadlock_wanted() noexcept {
  const unblock_events* table = detail::table.load(std::memory_order_acquire);
  return table && table->deadlocked;
}

void deadlocked(const unblock_event* waiting, std::size_t count) noexcept {
  const unblock_events* table = detail::table.load(std::memory_order_acquire);
  if (table && table->deadlocked) table->deadlocked(waiting, count, table->argument);
}

}  // namespace unblock::events
