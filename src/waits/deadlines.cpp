// The heap of deadlines.
#include "waits/deadlines.h"

#include "fibers/fiber.h"
#include "memory/memory.h"

namespace unblock {

Deadlines::~Deadlines() {
  if (heap_) static_cast<void>(memory::resize(heap_, 0));
}

void Deadlines::place(std::uint32_t slot, const Entry& entry) noexcept {
  at(slot) = entry;
  entry.fiber->deadline_slot = slot;
}

void Deadlines::rise(std::uint32_t slot, const Entry& entry) noexcept {
  for (; slot > 1 && entry.deadline < at(slot / 2).deadline; slot /= 2) place(slot, at(slot / 2));
  place(slot, entry);
}

void Deadlines::sink(std::uint32_t slot, const Entry& entry) noexcept {
  for (std::uint32_t child; (child = 2 * slot) <= size_; slot = child) {
    if (child < size_ && at(child + 1).deadline < at(child).deadline) ++child;
    if (entry.deadline <= at(child).deadline) break;
    place(slot, at(child));
  }
  place(slot, entry);
}

bool Deadlines::add(Fiber& fiber, Nanoseconds deadline) noexcept {
  if (size_ == capacity_) {
    const std::uint32_t wanted = capacity_ ? capacity_ * 2 : 256;
    void* grown = memory::resize(heap_, wanted * sizeof(Entry));
    if (!grown) return false;
    heap_ = static_cast<Entry*>(grown);
    capacity_ = wanted;
  }
  fiber.deadline = deadline;
  rise(++size_, {deadline, &fiber});
  return true;
}

void Deadlines::remove(Fiber& fiber) noexcept {
  const std::uint32_t slot = fiber.deadline_slot;
  if (slot == 0) return;
  fiber.deadline_slot = 0;
  const Entry last = at(size_--);
  if (last.fiber == &fiber) return;
  if (slot > 1 && last.deadline < at(slot / 2).deadline)
    rise(slot, last);
  else
    sink(slot, last);
}

Nanoseconds Deadlines::soonest() const noexcept { return size_ ? heap_[0].deadline : never; }

Fiber* Deadlines::take_expired(Nanoseconds now) noexcept {
  if (size_ == 0 || heap_[0].deadline > now) return nullptr;
  Fiber* fiber = heap_[0].fiber;
  remove(*fiber);
  return fiber;
}

}  // namespace unblock
