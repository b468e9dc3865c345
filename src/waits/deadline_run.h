// Deadlines that come in order, as those of equal timeouts do.
#pragma once

#include <cstddef>
#include <cstdint>

#include "clock.h"

namespace unblock {

struct Fiber;

/// A ring of fibers by deadline, none earlier than the one before, each of which knows its place: by its
/// deadline_slot, with the bit `mark`. Entering one and taking one out touch no other fiber. One taken out of
/// the middle leaves a gap, which lasts until all on one side of it are gone or the ring is full. Neither
/// thread- nor signal-safe.
class DeadlineRun {
 public:
  static constexpr std::uint32_t mark = std::uint32_t{1} << 31;

  constexpr DeadlineRun() = default;
  DeadlineRun(const DeadlineRun&) = delete;
  DeadlineRun& operator=(const DeadlineRun&) = delete;
  ~DeadlineRun();

  /// Whether a deadline like this may come last.
  [[nodiscard]] bool suits(Nanoseconds deadline) const noexcept {
    return begin_ == end_ || at(end_ - 1).deadline <= deadline;
  }

  /// Enters `fiber`, whose deadline suits. False, with nothing done, if memory is out.
  [[nodiscard]] bool add(Fiber& fiber) noexcept;

  /// Takes out what is at `slot`, whose fiber's own note of it is not changed.
  void remove(std::uint32_t slot) noexcept;

  /// The soonest deadline, or `never`, and whose it is; and whose is the latest.
  [[nodiscard]] Nanoseconds soonest() const noexcept { return begin_ == end_ ? never : at(begin_).deadline; }
  [[nodiscard]] Fiber* first() const noexcept { return at(begin_).fiber; }
  [[nodiscard]] Fiber* last() const noexcept { return at(end_ - 1).fiber; }

  [[nodiscard]] std::size_t size() const noexcept { return live_; }

 private:
  struct Entry {
    Nanoseconds deadline;
    Fiber* fiber;  // null: a gap, neither first nor last
  };
  [[nodiscard]] Entry& at(std::uint32_t number) const noexcept { return ring_[number & (capacity_ - 1)]; }
  void place(std::uint32_t number, const Entry& entry) noexcept;
  [[nodiscard]] bool make_room() noexcept;
  void close_gaps() noexcept;
  [[nodiscard]] bool grow() noexcept;

  Entry* ring_ = nullptr;
  std::uint32_t capacity_ = 0;  // a power of two
  std::uint32_t begin_ = 0;     // numbers of entries go on and on
  std::uint32_t end_ = 0;
  std::uint32_t live_ = 0;
};

}  // namespace unblock
