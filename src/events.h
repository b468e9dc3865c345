// Telling the program what becomes of its fibers: unblock_on_events().
#pragma once

#include <atomic>

#include "clock.h"
#include "fibers/fiber.h"
#include "unblock.h"

namespace unblock::events {

namespace detail {
extern std::atomic<const unblock_events*> table;
// Not atomic, and here: a comparison with memory is all that a park pays.
[[gnu::visibility("hidden")]] extern bool watched;
}  // namespace detail

/// Whether somebody wants to know. From any thread.
[[nodiscard]] inline bool wanted() noexcept {
  return detail::table.load(std::memory_order_acquire) != nullptr;
}

/// Whether somebody looks at every park: events, or the counters. One load, for where it is hot.
[[nodiscard]] inline bool watched() noexcept { return detail::watched; }

/// Sets what is told; null: nothing.
void tell(const unblock_events* table) noexcept;

/// The counters have been turned on or off.
void refresh() noexcept;

/// What any event says of `fiber`.
[[nodiscard]] unblock_event about(const Fiber& fiber) noexcept;

/// All fibers wait for ever; `waiting` are some of them. The watchdog.
void deadlocked(const unblock_event* waiting, std::size_t count) noexcept;
[[nodiscard]] bool deadlock_wanted() noexcept;

// What happened to `fiber`. Nothing if nobody wants to know. All but stalled() are called by itself.
void started(Fiber& fiber) noexcept;
void ended(Fiber& fiber) noexcept;
/// It is about to wait where it is queued, and is counted.
void parks(Fiber& fiber) noexcept;
/// It is about to wait in the kernel's call `nr`.
void parks_in_kernel(Fiber& fiber, long nr) noexcept;
void resumed(Fiber& fiber) noexcept;
/// It held the others up for that long: asleep in call `nr`, or computing (-1). The watchdog.
void stalled(Fiber& fiber, long nr, Nanoseconds held) noexcept;

}  // namespace unblock::events
