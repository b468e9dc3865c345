// Setting guards, by what the kernel has for it.
#include "memory/stack_guards.h"

#include <cerrno>
#include <sys/mman.h>

#include "kernel.h"
#include "log.h"
#include "sysctl.h"

#ifndef MADV_GUARD_INSTALL  // Linux 6.13
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

namespace unblock::stack_guards {

namespace {

using stack_slabs::Place;
using stack_slabs::Slot;

constinit bool regions = true;  // the kernel has them, as far as we know
constinit long by_mapping = 0;  // guards that are mappings
constinit long most = -1;       // there may be; -1: not known yet

// Each divides a mapping: two more. A quarter of what a process may have is left for everything else.
long most_by_mapping() noexcept {
  constexpr long usual = 65530;
  if (most >= 0) return most;
  const long mappings = sysctl::number("/proc/sys/vm/max_map_count");
  return most = (mappings >= 0 ? mappings : usual) / 8 * 3;
}

// 1 if the kernel has no guard regions.
long mark(Place place, std::uint32_t bytes) noexcept {
  if (!regions) return 1;
  const long result = kernel::call(SYS_madvise, place.begin(), bytes, MADV_GUARD_INSTALL);
  if (result != -EINVAL) return result;
  regions = false;
  return 1;
}

// Leaves `bytes` 0, and the stack without a guard, if there are as many as there may be.
long divide(Place place, std::uint32_t& bytes) noexcept {
  if (by_mapping >= most_by_mapping()) {
    static constinit bool told = false;
    if (!told)
      log::warning(log::core, "so many threads that stacks from here on have no guard: vm.max_map_count");
    told = true;
    bytes = 0;
    return 0;
  }
  const long result = kernel::call(SYS_mprotect, place.begin(), bytes, PROT_NONE);
  by_mapping += result == 0;
  return result;
}

long take_away(Place place) noexcept {
  Slot& slot = place.slot();
  const long result = slot.guard_is_mapping
                          ? kernel::call(SYS_mprotect, place.begin(), slot.guard, PROT_READ | PROT_WRITE)
                          : kernel::call(SYS_madvise, place.begin(), slot.guard, MADV_GUARD_REMOVE);
  if (result == 0) lost(place);
  return result;
}

}  // namespace

void lost(Place place) noexcept {
  Slot& slot = place.slot();
  if (slot.guard) by_mapping -= slot.guard_is_mapping;
  slot.guard = 0;
}

long set(Place place, std::uint32_t bytes) noexcept {
  Slot& slot = place.slot();
  if (slot.guard == bytes) return 0;
  if (slot.guard)
    if (const long error = take_away(place)) return error;
  if (bytes == 0) return 0;
  long result = mark(place, bytes);
  slot.guard_is_mapping = result == 1;
  if (slot.guard_is_mapping) result = divide(place, bytes);
  if (result == 0) slot.guard = bytes;
  return result;
}

}  // namespace unblock::stack_guards
