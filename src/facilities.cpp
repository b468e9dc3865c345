// Reading lists of facilities.
#include "facilities.h"

#include "pieces.h"

namespace unblock {

namespace {

// Core if there is none of that name.
Facility named(std::string_view word) noexcept {
#define UNBLOCK_FIND(name, text) \
  if (word == text) return Facility::name;
  UNBLOCK_FACILITIES(UNBLOCK_FIND)
#undef UNBLOCK_FIND
  return Facility::Core;
}

}  // namespace

bool Facilities::parse(std::string_view list) noexcept {
  unsigned bits = 0;
  while (list != "none" || bits) {
    const std::size_t comma = list.find(',');
    const Facility facility = named(head(list, comma));
    if (facility == Facility::Core) return false;
    bits |= 1u << bit(facility);
    if (comma == list.npos) break;
    list.remove_prefix(comma + 1);
  }
  bits_ = static_cast<std::uint8_t>(bits);
  return true;
}

}  // namespace unblock
