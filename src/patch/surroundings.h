// Marks branch targets near sites, quickly for the great many that are near none.
#pragma once

#include <cstdint>

#include "site_finder.h"

namespace unblock::patch {

/// A filter before Sites::mark_target(): one bit for every 32 bytes, modulo 2 MiB.
class Surroundings {
 public:
  explicit Surroundings(Sites sites) noexcept : sites_(sites) {
    for (const Site& site : sites)
      for (int offset = -Site::reach; offset <= Site::reach; offset += grain)
        set(shifted(site.address, offset));
  }

  [[nodiscard]] Sites sites() const noexcept { return sites_; }

  /// Notes at every site near enough that code may lead to `address`.
  void mark(std::uintptr_t address) const noexcept {
    const std::uintptr_t index = address / grain % bits;
    if (words_[index / 64] >> index % 64 & 1) sites_.mark_target(address);
  }

 private:
  static constexpr int grain = 32;
  static constexpr std::uintptr_t bits = 1 << 16;

  void set(std::uintptr_t address) noexcept {
    const std::uintptr_t index = address / grain % bits;
    words_[index / 64] |= 1ULL << index % 64;
  }

  const Sites sites_;
  std::uint64_t words_[bits / 64] = {};
};

}  // namespace unblock::patch
