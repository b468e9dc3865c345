// The run queue: a ring that others may take from, as Go's scheduler has it, and a list behind it.
#include "fibers/run_queue.h"

#include "fences.h"
#include "fibers/fiber.h"

namespace unblock {

void RunQueue::push_behind(Fiber& fiber) noexcept {
  fiber.next = nullptr;
  (first_ ? last_->next : first_) = &fiber;
  last_ = &fiber;
  ++in_list_;
}

// Fills the ring, which is empty or nearly so, from the list. False if that is empty, too.
bool RunQueue::refill() noexcept {
  if (!first_) return false;
  std::uint32_t tail = tail_.load(std::memory_order_relaxed);
  const std::uint32_t head = head_.load(std::memory_order_acquire);
  while (first_ && tail - head < size_of_ring) {
    slot(tail++).store(first_, std::memory_order_relaxed);
    first_ = first_->next;
    --in_list_;
  }
  tail_.store(tail, std::memory_order_release);
  return true;
}

Fiber* RunQueue::pop_beside_others() noexcept {
  std::uint32_t head = head_.load(std::memory_order_acquire);
  for (;;) {
    if (head == tail_.load(std::memory_order_relaxed) && !refill()) return nullptr;
    Fiber* fiber = slot(head).load(std::memory_order_relaxed);
    if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel, std::memory_order_acquire))
      return fiber;
  }
}

// Tells the owner that the head is no longer its alone. False if that is not certain yet.
bool RunQueue::share() noexcept {
  if (lends_.load(std::memory_order_acquire)) return true;
  shared_.store(true, std::memory_order_relaxed);
  if (!fences::heavy() || popping_.load(std::memory_order_acquire)) return false;
  lends_.store(true, std::memory_order_release);
  return true;
}

std::size_t RunQueue::take_part(RunQueue& from, std::uint32_t share) noexcept {
  if (!from.share()) return 0;
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
