// The ring of deadlines.
#include "waits/deadline_run.h"

#include "fibers/fiber.h"
#include "memory/memory.h"

namespace unblock {

DeadlineRun::~DeadlineRun() {
  if (ring_) static_cast<void>(memory::resize(ring_, 0));
}

void DeadlineRun::place(std::uint32_t number, const Entry& entry) noexcept {
  at(number) = entry;
  entry.fiber->deadline_slot = mark | (number & (capacity_ - 1));
}

void DeadlineRun::close_gaps() noexcept {
  std::uint32_t to = begin_;
  for (std::uint32_t from = begin_; from != end_; ++from)
    if (at(from).fiber) place(to++, at(from));
  end_ = to;
}

bool DeadlineRun::grow() noexcept {
  const std::uint32_t capacity = capacity_, wanted = capacity ? capacity * 2 : 256;
  auto* grown = static_cast<Entry*>(memory::resize(nullptr, wanted * sizeof(Entry)));
  if (!grown) return false;
  Entry* const ring = ring_;
  ring_ = grown;
  capacity_ = wanted;
  for (std::uint32_t number = begin_; number != end_; ++number) {
    const Entry& entry = ring[number & (capacity - 1)];
    if (entry.fiber)
      place(number, entry);
    else
      at(number) = entry;
  }
  if (ring) static_cast<void>(memory::resize(ring, 0));
  return true;
}

// With as many gaps as fibers there will be as many calls before the next time.
bool DeadlineRun::make_room() noexcept {
  if (end_ - begin_ < capacity_) return true;
  if (capacity_ == 0 || live_ > capacity_ / 2) return grow();
  close_gaps();
  return true;
}

bool DeadlineRun::add(Fiber& fiber) noexcept {
  if (!make_room()) return false;
  place(end_++, {fiber.deadline, &fiber});
  ++live_;
  return true;
}

void DeadlineRun::remove(std::uint32_t slot) noexcept {
  at(slot).fiber = nullptr;
  --live_;
  while (begin_ != end_ && !at(begin_).fiber) ++begin_;
  while (begin_ != end_ && !at(end_ - 1).fiber) --end_;
}

}  // namespace unblock
