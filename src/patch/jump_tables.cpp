// Reads switch tables: offsets relative to the table, or addresses.
#include "jump_tables.h"

#include <cstring>
#include <sys/mman.h>

namespace unblock::patch {

namespace {

template <class Entry>
void mark_table(const Object& object, std::uintptr_t table, std::uintptr_t base,
                const Surroundings& near) noexcept {
  for (std::uintptr_t at = table; object.constant(at, sizeof(Entry)); at += sizeof(Entry)) {
    Entry entry;
    std::memcpy(&entry, reinterpret_cast<const void*>(at), sizeof entry);
    const std::uintptr_t target = shifted(base, entry);
    const Segment* segment = object.segment_of(target);
    if (!segment || !(segment->protection & PROT_EXEC)) return;
    near.mark(target);
  }
}

}  // namespace

bool JumpTables::mark(const Object& object, const Surroundings& near) const noexcept {
  if (!jumped_) return true;
  // Code linked to one address may hold a table's anywhere, and data that can change may be one.
  if (object.fixed || count_ > most) return false;
  for (std::size_t i = 0; i < count_; ++i) {
    if (!object.constant(table_[i], 1)) return false;
    mark_table<std::int32_t>(object, table_[i], table_[i], near);
    mark_table<std::int64_t>(object, table_[i], 0, near);
  }
  return true;
}

}  // namespace unblock::patch
