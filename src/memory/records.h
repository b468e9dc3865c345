// Small records of one kind, from pages of their own.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

#include "memory/memory.h"
#include "runtime_limits.h"

namespace unblock {

/// A store of records, by pages that the kernel never gets back. It has no lock: its owner's guards it.
/// Constant-initialised.
template <class Record>
class Records {
  static_assert(std::is_trivially_destructible_v<Record>);

 public:
  /// One that nobody has, made anew as Record{}; null if there is no memory.
  [[nodiscard]] Record* take() noexcept {
    if (!unused_ && !add_page()) return nullptr;
    Place* place = unused_;
    unused_ = place->next;
    return new (place) Record{};
  }

  /// Takes back what take() gave.
  void give_back(Record* record) noexcept { unused_ = new (record) Place{unused_}; }

  /// Leaves those that nobody has where they are: for a fork's child, who may find them half linked.
  void forget() noexcept { unused_ = nullptr; }

 private:
  union Place {
    Place* next;
    alignas(Record) std::byte record[sizeof(Record)];
  };

  bool add_page() noexcept {
    auto* places = static_cast<Place*>(memory::map(limits::page));
    for (std::size_t i = 0; places && i < limits::page / sizeof(Place); ++i)
      unused_ = new (&places[i]) Place{unused_};
    return places != nullptr;
  }

  Place* unused_ = nullptr;
};

}  // namespace unblock
