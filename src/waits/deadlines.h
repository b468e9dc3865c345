// The fibers of one processor that wait no longer than until some time, soonest first.
#pragma once

#include <cstddef>
#include <cstdint>

#include "clock.h"

namespace unblock {

struct Fiber;

/// A binary heap of fibers by deadline, each of which knows its place. Belongs to the holder of the
/// processor. Neither thread- nor signal-safe.
class Deadlines {
 public:
  constexpr Deadlines() = default;
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;
  ~Deadlines();

  /// Enters `fiber`, which is in no heap, at `deadline`. False, with nothing done, if memory is out.
  [[nodiscard]] bool add(Fiber& fiber, Nanoseconds deadline) noexcept;

  /// Takes `fiber` out; nothing if it is not in.
  void remove(Fiber& fiber) noexcept;

  /// The soonest deadline; `never` if there is none.
  [[nodiscard]] Nanoseconds soonest() const noexcept;

  /// Takes out and returns a fiber whose deadline is `now` or earlier, soonest first, or null.
  [[nodiscard]] Fiber* take_expired(Nanoseconds now) noexcept;

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
