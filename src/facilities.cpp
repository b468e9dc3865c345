// Reading lists of facilities.
#include "facilities.h"

namespace unblock {

bool Facilities::parse(std::string_view list) noexcept {
  unsigned bits = 0;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view word = list.substr(0, comma);
    list = comma == list.npos ? std::string_view() : list.substr(comma + 1);
    Facility found = Facility::Core;
#define UNBLOCK_FIND(name, text) \
  if (word == text) found = Facility::name;
    UNBLOCK_FACILITIES(UNBLOCK_FIND)
#undef UNBLOCK_FIND
    if (found == Facility::Core) return false;
    bits |= 1u << bit(found);
  }
  bits_ = static_cast<std::uint8_t>(bits);
  return true;
}

}  // namespace unblock
