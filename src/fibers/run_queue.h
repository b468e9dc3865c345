// The fibers of one processor that are ready, in order; others may take some.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime_limits.h"

namespace unblock {

struct Fiber;

/// First in, first out. Its owner, the holder of the processor, pushes and pops; any other kernel thread may
/// take some of the first few. Those are in a ring, the rest is in a list of the owner's alone. Lock-free;
/// nothing here allocates.
class RunQueue {
 public:
  /// Puts `fiber`, which is in no queue, at the end. The owner only.
  void push(Fiber& fiber) noexcept;

  /// Takes the first; null if there is none. The owner only.
  [[nodiscard]] Fiber* pop() noexcept;

  /// The one that pop() gives after `skip` others if nobody takes it away; null if it is not known. The
  /// owner only.
  [[nodiscard]] Fiber* peek(std::uint32_t skip) const noexcept;

  /// How many there are. The owner only: it may get less at once, but not more.
  [[nodiscard]] std::size_t size() const noexcept { return in_ring() + in_list_; }

  /// Whether there is something to take. Any thread; a hint.
  [[nodiscard]] bool lends() const noexcept { return in_ring() != 0; }

  /// Moves the first of the ring of `from`, one in `share`, at least one if there is any, to this queue, whose
  /// owner the caller is. Says how many.
  std::size_t take_part(RunQueue& from, std::uint32_t share) noexcept;

 private:
  static constexpr std::uint32_t size_of_ring = limits::run_queue_ring;
  [[nodiscard]] std::uint32_t in_ring() const noexcept {
    return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::atomic<Fiber*>& slot(std::uint32_t number) noexcept {
    return ring_[number % size_of_ring];
  }
  void refill() noexcept;

  // Only ever grow; the owner moves the tail, whoever takes moves the head.
  alignas(limits::cache_line) std::atomic<std::uint32_t> head_{0};
  std::atomic<std::uint32_t> tail_{0};
  Fiber* first_ = nullptr;  // those that did not fit into the ring
  Fiber* last_ = nullptr;
  std::size_t in_list_ = 0;
  std::atomic<Fiber*> ring_[size_of_ring] = {};
};

}  // namespace unblock
