// Finds the sites near an address, quickly for the great many that are near none.
#pragma once

#include <cstdint>

#include "site_finder.h"

namespace unblock::patch {

class Surroundings {
 public:
  explicit Surroundings(Sites sites) noexcept;

  [[nodiscard]] Sites sites() const noexcept { return sites_; }

  /// The first site that `address` is in the surroundings of, or before them.
  [[nodiscard]] Site* from(std::uintptr_t address) const noexcept;

  /// Notes at every site near enough that code may lead to `address`.
  void mark(std::uintptr_t address) const noexcept {
    const std::uintptr_t index = address / grain % bits;
    if (words_[index / 64] >> index % 64 & 1) mark_in(&Site::targets, address);
  }
  /// The same, that a function may begin or end there.
  void mark_edge(std::uintptr_t address) const noexcept { mark_in(&Site::edges, address); }

 private:
  static constexpr int grain = 32;
  static constexpr std::uintptr_t bits = 1 << 16;
  static constexpr std::uintptr_t parts = 1 << 11;

  void filter(std::uintptr_t address) noexcept {
    const std::uintptr_t index = address / grain % bits;
    words_[index / 64] |= 1ULL << index % 64;
  }
  void mark_in(std::uint64_t Site::*offsets, std::uintptr_t address) const noexcept;

  const Sites sites_;
  std::uint64_t words_[bits / 64] = {};  // a bit for every grain, modulo 2 MiB: whether a site is near
  // From where the first one's surroundings begin to where the last one's end.
  std::uintptr_t begin_ = 0, end_ = 0;
  unsigned shift_ = 0;                    // from there on: parts of equal size,
  std::uint32_t first_[parts];            // and the site that from() would tell of the beginning of each
};

}  // namespace unblock::patch
