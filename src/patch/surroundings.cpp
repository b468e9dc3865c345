// A filter, and an index: a search by halves would mispredict at each of its steps.
#include "surroundings.h"

#include <algorithm>

namespace unblock::patch {

Surroundings::Surroundings(Sites sites) noexcept : sites_(sites) {
  for (const Site& site : sites)
    for (int offset = -Site::reach; offset <= Site::reach; offset += grain)
      filter(shifted(site.address, offset));
  if (!sites.count) return;
  begin_ = sites.first->address - Site::reach;
  end_ = sites.end()[-1].address + Site::reach;
  const std::uintptr_t span = end_ - begin_;
  while (span >> shift_ >= std::min<std::uintptr_t>(parts, 4 * sites.count)) ++shift_;
  std::uint32_t first = 0;
  for (std::uintptr_t part = 0; part <= span >> shift_; ++part) {
    const std::uintptr_t start = begin_ + (part << shift_);
    while (first < sites.count && sites.first[first].address + Site::reach <= start) ++first;
    first_[part] = first;
  }
}

Site* Surroundings::from(std::uintptr_t address) const noexcept {
  if (address < begin_ || !sites_.count) return sites_.begin();
  const std::uintptr_t part = (address - begin_) >> shift_;
  if (address >= end_) return sites_.end();
  Site* site = sites_.begin() + first_[part];
  while (site != sites_.end() && site->address + Site::reach <= address) ++site;
  return site;
}

void Surroundings::mark_in(std::uint64_t Site::*offsets, std::uintptr_t address) const noexcept {
  for (Site* site = from(address); site != sites_.end() && site->address <= address + Site::reach; ++site)
    site->*offsets |= Site::bit(static_cast<std::intptr_t>(address - site->address));
}

}  // namespace unblock::patch
