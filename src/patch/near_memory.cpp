// Finds room near an object: beside its neighbours in the mmap area, or in a hole below or above it.
#include "near_memory.h"

#include <sys/mman.h>

#include "kernel.h"

namespace unblock::patch {

namespace {

constexpr std::uintptr_t limit = (1UL << 31) - (1UL << 20);   // a little less than 2 GiB: room for operands
constexpr std::uintptr_t least_gap = 1UL << 16, most_gap = 1UL << 30;

bool reaches(Range memory, Range image) noexcept {
  const std::uintptr_t low = memory.begin < image.begin ? memory.begin : image.begin;
  const std::uintptr_t high = memory.end > image.end ? memory.end : image.end;
  return high - low < limit;
}

Range map_at(std::uintptr_t address, std::size_t bytes, int flags) noexcept {
  const long start = kernel::call(SYS_mmap, address, bytes, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  if (kernel::failed(start)) return {};
  const auto begin = static_cast<std::uintptr_t>(start);
  return {begin, begin + bytes};
}

// The range at that address and no other (older kernels take MAP_FIXED_NOREPLACE for a hint), if it will do.
Range try_at(std::uintptr_t address, std::size_t bytes, Range image) noexcept {
  const Range range = map_at(address, bytes, MAP_FIXED_NOREPLACE);
  if (range.begin == address && reaches(range, image)) return range;
  unmap(range);
  return {};
}

}  // namespace

Range map_near(Range image, std::size_t bytes) noexcept {
  // Below first: the heap grows above an executable.
  const std::uintptr_t below = image.begin - least_gap - bytes;
  const Range range = map_at(below < image.begin ? below : 0, bytes, 0);
  if (range.size() && reaches(range, image)) return range;
  unmap(range);
  for (std::uintptr_t gap = least_gap; gap <= most_gap; gap += gap / 4) {
    const std::uintptr_t step = gap & ~(least_gap - 1);
    if (image.begin > step + bytes)
      if (const Range found = try_at(image.begin - step - bytes, bytes, image); found.size()) return found;
    if (const Range found = try_at(image.end + step, bytes, image); found.size()) return found;
  }
  return {};
}

void unmap(Range range) noexcept {
  if (range.size()) kernel::call(SYS_munmap, range.begin, range.size());
}

}  // namespace unblock::patch
