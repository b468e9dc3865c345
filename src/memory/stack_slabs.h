// Where stacks come from: large mappings, each for many stacks of one size, side by side.
#pragma once

#include <cstddef>
#include <cstdint>

namespace unblock::stack_slabs {

/// What a place is to the program. The names are those of what it did last.
enum class State : std::uint8_t {
  Fresh,    ///< nothing: it was never given out
  Free,     ///< nothing: it unmapped it
  Mapped,   ///< a mapping without access
  Open,     ///< a stack for a thread to come, above its guard
  Used,     ///< a stack that had a thread
  Foreign,  ///< whatever it made of it: the kernel's business, and never given out again
};

/// What is known of a place. Members other than the state mean what they say while it is not Fresh or
/// Foreign.
struct Slot {
  State state = State::Fresh;
  std::uint8_t kept = 0;       ///< its number, from 1, among those with pages kept; 0: it is not one of them
  bool tables = false;            ///< it was given out, so the kernel may have page tables for it
  bool guard_is_mapping = false;  ///< its guard is a mapping of its own, not a mark in the page table
  std::uint32_t next = 0;      ///< the name of the next in a list of free ones; 0: none
  std::uint32_t guard = 0;     ///< bytes at the low end that are a guard now
  std::uint32_t occupied = 0;  ///< bytes at the high end that the last thread's descriptor and TLS dirtied
};

struct Slab {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::size_t bytes = 0;  ///< of a place
  Slot* slots = nullptr;
  std::uint32_t count = 0;
  std::uint32_t fresh = 0;  ///< places from here on were never given out
};

/// One stack's room in a slab, or none.
class Place {
 public:
  Place() = default;
  Place(Slab& slab, std::uint32_t index) noexcept : slab_(&slab), index_(index) {}

  explicit operator bool() const noexcept { return slab_ != nullptr; }
  [[nodiscard]] Slot& slot() const noexcept { return slab_->slots[index_]; }
  [[nodiscard]] std::size_t bytes() const noexcept { return slab_->bytes; }
  [[nodiscard]] std::uintptr_t begin() const noexcept { return slab_->begin + index_ * slab_->bytes; }
  [[nodiscard]] std::uintptr_t end() const noexcept { return begin() + slab_->bytes; }
  [[nodiscard]] std::uint32_t index() const noexcept { return index_; }

  /// A number that stands for it, never 0; and back.
  [[nodiscard]] std::uint32_t name() const noexcept;
  [[nodiscard]] static Place named(std::uint32_t name) noexcept;

 private:
  Slab* slab_ = nullptr;
  std::uint32_t index_ = 0;
};

/// Whether any of these bytes may be in a slab. Lock-free; the other functions here are called by one kernel
/// thread at a time, save for find(), which a fault handler may call.
[[nodiscard]] bool may_hold(std::uintptr_t begin, std::size_t bytes) noexcept;

/// The place that holds the byte at `address`.
[[nodiscard]] Place find(std::uintptr_t address) noexcept;

/// A place of `bytes` that was never given out, in a new slab if need be. None if that cannot be had without
/// the program noticing: its address space or its data are limited, it locks its memory, or memory may not be
/// promised beyond what there is (vm.overcommit_memory).
[[nodiscard]] Place fresh(std::size_t bytes) noexcept;

/// Makes the `count` places from `first` on, in one slab, as they were when they were fresh: without pages,
/// page tables and guards. False if that cannot be, and nothing may be there any more.
[[nodiscard]] bool renew(Place first, std::uint32_t count) noexcept;

/// Calls `visit(place)` for each place that these bytes touch.
template <class Visit>
void each(std::uintptr_t begin, std::uintptr_t end, Visit&& visit) noexcept;

/// Forgets all slabs: what is in them is the kernel's.
void forget() noexcept;

namespace detail {
[[nodiscard]] std::uint32_t slabs() noexcept;
[[nodiscard]] Slab& slab(std::uint32_t number) noexcept;
}  // namespace detail

template <class Visit>
void each(std::uintptr_t begin, std::uintptr_t end, Visit&& visit) noexcept {
  for (std::uint32_t number = 0; number < detail::slabs(); ++number) {
    Slab& slab = detail::slab(number);
    if (begin >= slab.end || end <= slab.begin) continue;
    const auto first = begin > slab.begin ? (begin - slab.begin) / slab.bytes : 0;
    for (auto index = first; index < slab.count && slab.begin + index * slab.bytes < end; ++index)
      visit(Place(slab, static_cast<std::uint32_t>(index)));
  }
}

}  // namespace unblock::stack_slabs
