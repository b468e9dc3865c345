// The heap of deadlines.
#include "waits/deadline_heap.h"

#include "fibers/fiber.h"
#include "memory/memory.h"

namespace unblock {

DeadlineHeap::~DeadlineHeap() {
  if (heap_) static_cast<void>(memory::resize(heap_, 0));
}

void DeadlineHeap::place(std::uint32_t slot, const Entry& entry) noexcept {
  at(slot) = entry;
  entry.fiber->deadline_slot = slot;
}

void DeadlineHeap::rise(std::uint32_t slot, const Entry& entry) noexcept {
  for (; slot > 1 && entry.deadline < at(slot / 2).deadline; slot /= 2) place(slot, at(slot / 2));
  place(slot, entry);
}

void DeadlineHeap::sink(std::uint32_t slot, const Entry& entry) noexcept {
  for (std::uint32_t child; (child = 2 * slot) <= size_; slot = child) {
    if (child < size_ && at(child + 1).deadline < at(child).deadline) ++child;
    if (entry.deadline <= at(child).deadline) break;
    place(slot, at(child));
  }
  place(slot, entry);
}

bool DeadlineHeap::make_room() noexcept {
  if (size_ < capacity_) return true;
  const std::uint32_t wanted = capacity_ ? capacity_ * 2 : 256;
  void* grown = memory::resize(heap_, wanted * sizeof(Entry));
  if (!grown) return false;
  heap_ = static_cast<Entry*>(grown);
  capacity_ = wanted;
  return true;
}

void DeadlineHeap::add(Fiber& fiber) noexcept { rise(++size_, {fiber.deadline, &fiber}); }

void DeadlineHeap::remove(std::uint32_t slot) noexcept {
  const Entry last = at(size_--);
  if (slot > size_) return;
  if (slot > 1 && last.deadline < at(slot / 2).deadline)
    rise(slot, last);
  else
    sink(slot, last);
}

}  // namespace unblock
