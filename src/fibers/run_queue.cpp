// The run queue: a ring that others may take from, as Go's scheduler has it, and a list behind it.
#include "fibers/run_queue.h"

#include "fibers/fiber.h"

namespace unblock {

void RunQueue::push(Fiber& fiber) noexcept {
  const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
  // Acquire: whoever moved the head has read its slots.
  if (in_list_ == 0 && tail - head_.load(std::memory_order_acquire) < size_of_ring) [[likely]] {
    slot(tail).store(&fiber, std::memory_order_relaxed);
    tail_.store(tail + 1, std::memory_order_release);
    return;
  }
  fiber.next = nullptr;
  (first_ ? last_->next : first_) = &fiber;
  last_ = &fiber;
  ++in_list_;
}

void RunQueue::refill() noexcept {
  std::uint32_t tail = tail_.load(std::memory_order_relaxed);
  const std::uint32_t head = head_.load(std::memory_order_acquire);
  while (first_ && tail - head < size_of_ring) {
    slot(tail++).store(first_, std::memory_order_relaxed);
    first_ = first_->next;
    --in_list_;
  }
  tail_.store(tail, std::memory_order_release);
}

Fiber* RunQueue::pop() noexcept {
  std::uint32_t head = head_.load(std::memory_order_acquire);
  for (;;) {
    if (head == tail_.load(std::memory_order_relaxed)) {
      if (!first_) return nullptr;
      refill();
    }
    Fiber* fiber = slot(head).load(std::memory_order_relaxed);
    if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel, std::memory_order_acquire))
      return fiber;
  }
}

Fiber* RunQueue::peek(std::uint32_t skip) const noexcept {
  const std::uint32_t place = head_.load(std::memory_order_relaxed) + skip;
  const auto left = static_cast<std::int32_t>(tail_.load(std::memory_order_relaxed) - place);
  return left > 0 ? ring_[place % size_of_ring].load(std::memory_order_relaxed) : nullptr;
}

std::size_t RunQueue::take_part(RunQueue& from, std::uint32_t share) noexcept {
  Fiber* taken[size_of_ring];
  std::uint32_t head = from.head_.load(std::memory_order_acquire);
  for (;;) {
    const std::uint32_t there = from.tail_.load(std::memory_order_acquire) - head;
    const std::uint32_t count = (there + share - 1) / share;
    if (there == 0) return 0;
    if (there <= size_of_ring) {  // else the head is an old one
      for (std::uint32_t i = 0; i < count; ++i)
        taken[i] = from.slot(head + i).load(std::memory_order_relaxed);
      if (from.head_.compare_exchange_strong(head, head + count, std::memory_order_acq_rel,
                                             std::memory_order_acquire)) {
        for (std::uint32_t i = 0; i < count; ++i) push(*taken[i]);
        return count;
      }
    } else {
      head = from.head_.load(std::memory_order_acquire);
    }
  }
}

}  // namespace unblock
