// A processor: an event loop, the fibers that are ready, and those that wait with it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "fibers/fiber.h"
#include "fibers/run_queue.h"
#include "lock.h"
#include "runtime_limits.h"
#include "waits/deadlines.h"
#include "waits/event_loop.h"
#include "waits/watches.h"

namespace unblock {

/// What a fiber needs in order to wait, or to be run after it waited. One carrier holds it at a time. What
/// waits here is guarded by `waits`, since a fiber may wake, and clear up after its wait, elsewhere; all else
/// but the atomics, post() and take_from() belongs to the holder.
class alignas(limits::cache_line) Processor {
 public:
  explicit Processor(EventLoop& loop, int place = 0) noexcept;

  /// Makes `fiber` ready to run here. Any kernel thread; lock-free, async-signal-safe.
  void post(Fiber& fiber) noexcept;

  /// The same, by the holder.
  void push(Fiber& fiber) noexcept { queue_.push(fiber); }

  /// The same, behind those that others made ready before.
  void push_last(Fiber& fiber) noexcept {
    drain(inbox_);
    push(fiber);
  }

  /// The next fiber to run, or null when it is time to poll(): nothing is ready, or a round of the queue
  /// is over and the loop was not asked for a while. In the middle of a round the loop is not asked: the
  /// level-triggered events of fibers yet to run would be reported again.
  [[nodiscard]] Fiber* pick() noexcept;

  /// Asks the loop, waiting if nothing is ready, and makes ready whom an event or a deadline concerns.
  void poll() noexcept;

  /// Asks the loop for the holder, whose fiber computes, without waiting: whom an event or a deadline
  /// concerns is posted, for others to take. Any kernel thread.
  void look_for_holder() noexcept;

  /// The same without waiting. The holder, be it a fiber or its carrier's idle loop.
  void look() noexcept;

  /// Its holder does without it for a while: from now on the loop wakes whoever waits for the loop's own
  /// descriptors when there is something to do here. The holder.
  void rest() noexcept;

  /// Wakes its holder if that sleeps in poll(). Any thread; async-signal-safe.
  void nudge() noexcept;

  /// Whether fibers are ready and have been for longer than they should. Any thread; a hint.
  [[nodiscard]] bool behind() const noexcept;

  /// Whether the fiber that runs here has had its turn: a while has passed since it was first asked so, which
  /// is the shorter, the fewer wait. That fiber, from whom the processor may be taken meanwhile: a hint.
  [[nodiscard]] bool turn_is_over() noexcept;

  /// The holder's fiber has yielded, and has its turn again. True for some of those, few, where nobody here
  /// has done anything but yield.
  [[nodiscard]] bool only_yields() noexcept {
    // Each yield is one pick: more of them, and somebody waits or comes back from waiting in between.
    const std::uint64_t now = tick.load(std::memory_order_relaxed);
    yields_ = now - yielded_at_ == 1 ? yields_ + 1 : 0;
    yielded_at_ = now;
    return yields_ % limits::yields_in_vain == limits::yields_in_vain - 1;
  }

  /// Whether `helper`, whose holder the caller is, should take fibers from here: it has none, and those that
  /// are ready here have been for long; or of late they wait longer here than there, by a seventh and more.
  [[nodiscard]] bool needs(const Processor& helper) const noexcept;

  /// Takes ready fibers away from `other`; says whether there were some. The holder.
  [[nodiscard]] bool take_from(Processor& other) noexcept;

  [[nodiscard]] EventLoop& loop() noexcept { return loop_; }

  /// What locality.h keeps of a processor. Hints all.
  struct Locality {
    std::atomic<int> cpu{-1};                 ///< where its holder was seen last; negative: not yet
    std::atomic<int> drawn{0};                ///< fibers that came for their packets, less those that went
    std::atomic<std::uint64_t> next_look{0};  ///< the tick of it
    std::atomic<std::uint64_t> interval{limits::shortest_locality};  ///< the ticks before that
  };

  Lock waits;  ///< guards watches, deadlines and the loop, save while that waits
  Watches watches;
  Deadlines deadlines;
  Locality locality;
  const int number;  ///< its place among all
  std::atomic<Carrier*> holder{nullptr};
  std::atomic<std::uint64_t> tick{0};  ///< grows with every fiber picked
  std::atomic<std::uint64_t> naps{0};  ///< how often it had nothing to do
  std::atomic<bool> sleeping{false};   ///< in poll(), to be woken by who posts
  std::atomic<bool> closing{false};    ///< nothing will run or wait here any more: its holder leaves it

 private:
  bool drain(std::atomic<Fiber*>& inbox) noexcept {
    return inbox.load(std::memory_order_relaxed) && empty_out(inbox);
  }
  bool empty_out(std::atomic<Fiber*>& inbox) noexcept;
  bool loop_is_due() noexcept;
  [[nodiscard]] std::uint64_t turn_cycles() const noexcept;
  void begin_round() noexcept;
  void expire() noexcept;
  void note_round() noexcept;
  void prefetch() const noexcept;
  void prefetch_pages() const noexcept;
  void pass_on() noexcept;
  void sleep_or_look(bool may_sleep) noexcept;
  void ask_loop(bool may_sleep) noexcept;

  EventLoop& loop_;
  RunQueue queue_;
  std::atomic<std::uint64_t> turn_tick_{0};     // whose turn it is
  std::atomic<std::uint64_t> turn_began_{0};    // cycle counter when that was first asked
  std::uint64_t yielded_at_ = 0;                // the tick of the last yield
  std::uint64_t yields_ = 0;                    // how many there were with nothing in between
  bool resting_ = false;                        // between rest() and the next time; by `waits`
  std::size_t round_ = 0;                       // fibers of this round yet to run
  bool cold_ = false;                           // they are so many that all are cold by their turn
  int unclocked_ = 0;                           // rounds yet to begin without a look at the clock
  std::uint64_t clocked_ = 0;                   // cycle counter when a round last began with one
  std::atomic<std::uint64_t> polled_;           // cycle counter at the last poll, or when this was made
  std::atomic<std::uint64_t> round_cycles_{0};  // how long rounds take of late
  alignas(limits::cache_line) std::atomic<Fiber*> inbox_{nullptr};  // last in first
};

}  // namespace unblock
