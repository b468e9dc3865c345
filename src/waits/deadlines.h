// The fibers of one processor that wait no longer than until some time, soonest first.
#pragma once

#include <algorithm>
#include <cstddef>

#include "clock.h"
#include "waits/deadline_heap.h"
#include "waits/deadline_run.h"

namespace unblock {

/// Fibers by deadline. Most timeouts of a program are equal, so most deadlines come in order: those are a run,
/// the others are in a heap. Belongs to the holder of the processor. Neither thread- nor signal-safe.
class Deadlines {
 public:
  /// Enters `fiber`, which is not in, at `deadline`. False, with nothing done, if memory is out.
  [[nodiscard]] bool add(Fiber& fiber, Nanoseconds deadline) noexcept;

  /// Takes `fiber` out; nothing if it is not in.
  void remove(Fiber& fiber) noexcept;

  /// The soonest deadline; `never` if there is none.
  [[nodiscard]] Nanoseconds soonest() const noexcept { return std::min(run_.soonest(), heap_.soonest()); }

  /// Takes out and returns a fiber whose deadline is `now` or earlier, soonest first, or null.
  [[nodiscard]] Fiber* take_expired(Nanoseconds now) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return run_.size() + heap_.size(); }

 private:
  DeadlineRun run_;
  DeadlineHeap heap_;
};

}  // namespace unblock
