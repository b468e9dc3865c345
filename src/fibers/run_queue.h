// The fibers of one processor that are ready, in order; others may take some.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "fences.h"
#include "runtime_limits.h"

namespace unblock {

struct Fiber;

/// First in, first out. Its owner, the holder of the processor, pushes and pops; any other kernel thread may
/// take some of the first few. Those are in a ring, the rest is in a list of the owner's alone. Lock-free;
/// nothing here allocates. Until somebody comes to take, the owner need not reckon with it: fences.h.
class RunQueue {
 public:
  /// Puts `fiber`, which is in no queue, at the end. The owner only.
  void push(Fiber& fiber) noexcept {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    // Acquire: whoever moved the head has read its slots.
    if (in_list_ != 0 || tail - head_.load(std::memory_order_acquire) == size_of_ring) [[unlikely]]
      return push_behind(fiber);
    slot(tail).store(&fiber, std::memory_order_relaxed);
    tail_.store(tail + 1, std::memory_order_release);
  }

  /// Takes the first; null if there is none. The owner only.
  [[nodiscard]] Fiber* pop() noexcept {
    popping_.store(true, std::memory_order_relaxed);
    fences::light();
    Fiber* fiber = shared_.load(std::memory_order_relaxed) ? pop_beside_others() : pop_alone();
    popping_.store(false, std::memory_order_release);
    return fiber;
  }

  /// The one that pop() gives after `skip` others if nobody takes it away; null if it is not known. The
  /// owner only.
  [[nodiscard]] Fiber* peek(std::uint32_t skip) const noexcept {
    const std::uint32_t place = head_.load(std::memory_order_relaxed) + skip;
    const auto left = static_cast<std::int32_t>(tail_.load(std::memory_order_relaxed) - place);
    return left > 0 ? ring_[place % size_of_ring].load(std::memory_order_relaxed) : nullptr;
  }

  /// How many there are. The owner only: it may get less at once, but not more.
  [[nodiscard]] std::size_t size() const noexcept { return in_ring() + in_list_; }

  /// How many others may take some of: the first few. Any thread; a hint.
  [[nodiscard]] std::size_t lendable() const noexcept { return in_ring(); }
  [[nodiscard]] bool lends() const noexcept { return lendable() != 0; }

  /// Moves the first of the ring of `from`, one in `share`, at least one if there is any, to this queue,
  /// whose owner the caller is. Says how many.
  std::size_t take_part(RunQueue& from, std::uint32_t share) noexcept;

 private:
  static constexpr std::uint32_t size_of_ring = limits::run_queue_ring;
  [[nodiscard]] std::uint32_t in_ring() const noexcept {
    return tail_.load(std::memory_order_relaxed) - head_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::atomic<Fiber*>& slot(std::uint32_t number) noexcept {
    return ring_[number % size_of_ring];
  }
  [[nodiscard]] Fiber* pop_alone() noexcept {
    const std::uint32_t head = head_.load(std::memory_order_acquire);
    if (head == tail_.load(std::memory_order_relaxed) && !refill()) return nullptr;
    Fiber* fiber = slot(head).load(std::memory_order_relaxed);
    head_.store(head + 1, std::memory_order_release);
    return fiber;
  }
  [[nodiscard]] Fiber* pop_beside_others() noexcept;
  void push_behind(Fiber& fiber) noexcept;
  [[nodiscard]] bool refill() noexcept;
  [[nodiscard]] bool share() noexcept;

  // Only ever grow; the owner moves the tail, whoever takes moves the head.
  alignas(limits::cache_line) std::atomic<std::uint32_t> head_{0};
  std::atomic<std::uint32_t> tail_{0};
  Fiber* first_ = nullptr;  // those that did not fit into the ring
  Fiber* last_ = nullptr;
  std::size_t in_list_ = 0;
  std::atomic<bool> popping_{false};  // the owner is
  std::atomic<bool> shared_{false};   // somebody wants to take: the owner no longer moves the head by itself
  std::atomic<bool> lends_{false};    // and may: the owner knows
  std::atomic<Fiber*> ring_[size_of_ring] = {};
};

}  // namespace unblock
