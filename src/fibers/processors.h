// All processors: how many there are, and how work comes to those that have none.
#pragma once

#include <atomic>

#include "fibers/processor.h"
#include "runtime_limits.h"
#include "view.h"

namespace unblock::processors {

/// How many there may be: --processors, or as many as the process has CPUs (sched_getaffinity(2)).
[[nodiscard]] int wanted() noexcept;

/// Sets that number while the program runs; 0: as --processors says. False if it is out of range: those that
/// are too many retire. Any thread; async-signal-safe.
[[nodiscard]] bool limit(int number) noexcept;

/// Whether `processor` is one too many, since the number was lowered: it runs no fiber, and what becomes
/// ready there is run by the one that stands in for it. Any thread.
[[nodiscard]] inline bool retired(const Processor& processor) noexcept {
  const int most = unblock_view.processors.load(std::memory_order_relaxed);
  return most > 0 && processor.number >= most;
}
[[nodiscard]] Processor& stand_in_for(const Processor& retired) noexcept;

/// Makes another one, which nobody holds. Null if there is no memory, no descriptor, or no room for it.
/// One thread at a time.
[[nodiscard]] Processor* create() noexcept;

namespace detail {
extern Processor* all[limits::max_processors];
extern std::atomic<int> count;
}  // namespace detail

[[nodiscard]] inline int count() noexcept { return detail::count.load(std::memory_order_acquire); }

/// The processor of that number, from 0 to count().
[[nodiscard]] inline Processor& at(int number) noexcept { return *detail::all[number]; }

/// Whether any of them has waiters of `fd` or watches it. Any thread.
[[nodiscard]] bool watching(int fd) noexcept;

/// Where a fiber that `parent` makes should begin.
[[nodiscard]] Processor& for_child_of(const Fiber& parent) noexcept;

/// Where a fiber that the calling flow woke should run: with the waker, if it is a fiber, since it has what
/// they share in its cache, or if that has lost its processor, where it is not waited for; else at its own
/// home.
[[nodiscard]] Processor& for_woken(const Fiber& woken) noexcept;

/// Where a fiber without a processor is taken up at once: `near` if that sleeps, another if only such a one
/// does. Who has taken `near` from it may compute, too.
[[nodiscard]] Processor& at_leisure(Processor& near) noexcept;

/// Takes ready fibers away from a processor that needs it, for `helper`, whose holder the caller is. Says
/// whether it did.
[[nodiscard]] bool relieve_another(Processor& helper) noexcept;

/// Whether one sleeps, so that call_for_help() is of use. Cheap. Any thread.
[[nodiscard]] bool any_idle() noexcept;

/// Wakes one that sleeps, so that it relieves another. Any thread.
void call_for_help() noexcept;

/// Makes the holders of all but `kept`, which may be null, leave them; returns when they have. For the only
/// fiber.
void close_all_but(Processor* kept) noexcept;

/// Takes all back, which nobody holds.
void end_all() noexcept;

/// In a fork's child: there are none.
void forget_all() noexcept;

}  // namespace unblock::processors
