// A processor: an event loop, the fibers that are ready, and those that wait with it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "deadlines.h"
#include "event_loop.h"
#include "fiber.h"
#include "runtime_limits.h"
#include "watches.h"

namespace unblock {

/// What a fiber needs in order to wait, or to be run after it waited. One carrier holds it at a time, and
/// all but post() and the atomics belongs to that holder.
class alignas(limits::cache_line) Processor {
 public:
  explicit Processor(EventLoop& loop) noexcept : watches(loop), loop_(loop) {}

  /// Makes `fiber` ready to run here. Any kernel thread; lock-free, async-signal-safe.
  void post(Fiber& fiber) noexcept;

  /// The same, by the holder.
  void push(Fiber& fiber) noexcept;

  /// The next fiber to run, or null when it is time to poll(): nothing is ready, or a round of the queue
  /// is over and the loop was not asked for a while. In the middle of a round the loop is not asked: the
  /// level-triggered events of fibers yet to run would be reported again.
  [[nodiscard]] Fiber* pick() noexcept;

  /// Asks the loop, waiting if nothing is ready, and makes ready whom an event or a deadline concerns.
  void poll() noexcept;

  [[nodiscard]] EventLoop& loop() noexcept { return loop_; }

  Watches watches;
  Deadlines deadlines;
  std::atomic<Carrier*> holder{nullptr};
  std::atomic<std::uint64_t> tick{0};    ///< grows with every fiber picked
  std::atomic<bool> sleeping{false};     ///< in poll(), to be woken by who posts

 private:
  void drain() noexcept;
  void expire() noexcept;

  EventLoop& loop_;
  Fiber* first_ = nullptr;
  Fiber* last_ = nullptr;
  std::size_t ready_ = 0;
  std::size_t round_ = 0;                // fibers of this round yet to run
  std::uint64_t polled_ = 0;             // cycle counter at the last poll
  alignas(limits::cache_line) std::atomic<Fiber*> inbox_{nullptr};  // last in first
};

}  // namespace unblock
