// Deadlines in any order.
#pragma once

#include <cstddef>
#include <cstdint>

#include "clock.h"

namespace unblock {

struct Fiber;

/// A binary heap of fibers by deadline, each of which knows its place: its deadline_slot, from 1. Neither
/// thread- nor signal-safe.
class DeadlineHeap {
 public:
  constexpr DeadlineHeap() = default;
  DeadlineHeap(const DeadlineHeap&) = delete;
  DeadlineHeap& operator=(const DeadlineHeap&) = delete;
  ~DeadlineHeap();

  /// Sees to it that one more can be entered. False if memory is out.
  [[nodiscard]] bool make_room() noexcept;

  /// Enters `fiber` by its deadline. There is room.
  void add(Fiber& fiber) noexcept;

  /// Takes out what is at `slot`, whose fiber's own note of it is not changed.
  void remove(std::uint32_t slot) noexcept;

  /// The soonest deadline, or `never`, and whose it is.
  [[nodiscard]] Nanoseconds soonest() const noexcept { return size_ ? heap_[0].deadline : never; }
  [[nodiscard]] Fiber* first() const noexcept { return heap_[0].fiber; }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct Entry {
    Nanoseconds deadline;  // here, since the fibers that an entry is compared with are cold
    Fiber* fiber;
  };
  void place(std::uint32_t slot, const Entry& entry) noexcept;
  void rise(std::uint32_t slot, const Entry& entry) noexcept;
  void sink(std::uint32_t slot, const Entry& entry) noexcept;
  [[nodiscard]] Entry& at(std::uint32_t slot) noexcept { return heap_[slot - 1]; }

  Entry* heap_ = nullptr;  // slot n at n - 1
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace unblock
