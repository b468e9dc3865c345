// Where functions begin and end, by the unwinder's tables: they cover what symbols do not.
#pragma once

#include <cstddef>
#include <cstdint>

#include "objects.h"

namespace unblock::patch {

/// One frame description entry: a function, or a fragment of one.
struct Function {
  Range range;
  std::uintptr_t exceptions = 0;   ///< its language-specific data (call sites, landing pads), or 0
  bool known = false;              ///< false if its entry could not be read
};

/// The sorted table in .eh_frame_hdr. See the Linux Standard Base, "Exception Frames".
class FunctionBounds {
 public:
  explicit FunctionBounds(const Object& object) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  /// The index of the last function that begins at or before `address`; size() if there is none.
  [[nodiscard]] std::size_t before(std::uintptr_t address) const noexcept;
  [[nodiscard]] std::uintptr_t begin(std::size_t index) const noexcept;
  /// From where the first function begins to where the last one ends; empty if there are none.
  [[nodiscard]] Range hull() const noexcept {
    return count_ ? Range{begin(0), at(count_ - 1).range.end} : Range{};
  }
  [[nodiscard]] Function at(std::size_t index) const noexcept;
  /// Calls `visit(address)` for each landing pad in `function`. False if its data could not be read.
  template <class Visit>
  [[nodiscard]] bool for_each_landing_pad(const Function& function, Visit visit) const noexcept;

 private:
  struct Entry {
    std::int32_t begin, description;   // relative to the table's header
  };
  struct CallSites {
    const std::uint8_t* next;
    const std::uint8_t* end;
    std::uintptr_t base;
    std::uint8_t encoding;
  };
  [[nodiscard]] bool open_call_sites(const Function& function, CallSites& sites) const noexcept;
  [[nodiscard]] static bool next_landing_pad(CallSites& sites, std::uintptr_t& address) noexcept;

  const Object& object_;
  std::uintptr_t header_ = 0;
  const Entry* entries_ = nullptr;
  std::size_t count_ = 0;
};

template <class Visit>
bool FunctionBounds::for_each_landing_pad(const Function& function, Visit visit) const noexcept {
  if (!function.exceptions) return true;
  CallSites sites;
  if (!open_call_sites(function, sites)) return false;
  while (sites.next < sites.end) {
    std::uintptr_t address;
    if (!next_landing_pad(sites, address)) return false;
    if (address != sites.base) visit(address);
  }
  return true;
}

}  // namespace unblock::patch
