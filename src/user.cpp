// Where accesses to the program's memory go on after a fault.
#include "user.h"

namespace unblock::user {

namespace {

struct Entry {
  std::int32_t instruction;  // both relative to themselves
  std::int32_t recovery;
};

std::uintptr_t absolute(const std::int32_t& offset) noexcept {
  return reinterpret_cast<std::uintptr_t>(&offset) + static_cast<std::intptr_t>(offset);
}

// The section's bounds, from the linker.
extern "C" [[gnu::visibility("hidden")]] const Entry __start_unblock_faults[];
extern "C" [[gnu::visibility("hidden")]] const Entry __stop_unblock_faults[];

}  // namespace

std::uintptr_t recovery(std::uintptr_t instruction) noexcept {
  for (const Entry* entry = __start_unblock_faults; entry != __stop_unblock_faults; ++entry)
    if (absolute(entry->instruction) == instruction) return absolute(entry->recovery);
  return 0;
}

}  // namespace unblock::user
