// Making slabs, and finding places in them.
#include "memory/stack_slabs.h"

#include <atomic>
#include <sys/mman.h>
#include <sys/resource.h>

#include "kernel.h"
#include "memory/memory.h"
#include "runtime_limits.h"
#include "sysctl.h"

namespace unblock::stack_slabs {

namespace {

constexpr std::uint32_t first_count = 16;  // places in a size's first slab; each next one has twice as many
constexpr std::uint32_t largest_count = 1 << 16;
constexpr std::uint32_t index_bits = 16;
static_assert(largest_count <= 1u << index_bits);

constinit Slab slabs[limits::stack_slabs];
constinit std::atomic<std::uint32_t> used{0};
constinit std::atomic<std::uintptr_t> lowest{~std::uintptr_t{0}};
constinit std::atomic<std::uintptr_t> highest{0};
constinit bool given_up = false;

bool limited(int resource) noexcept {
  rlimit limit;
  return kernel::call(SYS_prlimit64, 0, resource, nullptr, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY;
}

// vm.overcommit_memory of 2: mappings count as if they were used. proc_sys_vm(5).
bool overcommit_forbidden() noexcept {
  return sysctl::number("/proc/sys/vm/overcommit_memory") == 2;
}

// mlockall(2) with MCL_FUTURE: the whole of a new mapping is resident at once.
bool memory_locked() noexcept {
  void* page = memory::map(limits::page);
  unsigned char resident = 1;
  if (page) kernel::call(SYS_mincore, page, limits::page, &resident);
  memory::unmap(page, limits::page);
  return resident & 1;
}

// For that many at most as there are already; a program with a few threads is to look as small as it is.
std::uint32_t next_count(std::size_t bytes) noexcept {
  std::uint32_t count = first_count;
  for (std::uint32_t number = 0; number < used.load(std::memory_order_relaxed); ++number)
    if (slabs[number].bytes == bytes && count < largest_count) count *= 2;
  return count;
}

// What mmap(2) gives.
long map_stacks(std::uintptr_t where, std::size_t bytes, int more_flags) noexcept {
  const long start =
      kernel::call(SYS_mmap, where, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK | more_flags, -1, 0);
  // A stack takes as many pages as it uses, whatever the machine does for large mappings.
  if (!kernel::failed(start)) kernel::call(SYS_madvise, start, bytes, MADV_NOHUGEPAGE);
  return start;
}

bool map(Slab& slab, std::size_t bytes, std::uint32_t count) noexcept {
  const long start = map_stacks(0, bytes * count, 0);
  if (kernel::failed(start)) return false;
  auto* slots = static_cast<Slot*>(memory::map(count * sizeof(Slot)));
  if (!slots) {
    kernel::call(SYS_munmap, start, bytes * count);
    return false;
  }
  const auto begin = static_cast<std::uintptr_t>(start);
  slab = {begin, begin + bytes * count, bytes, slots, count, 0};
  return true;
}

Slab* make(std::size_t bytes) noexcept {
  const std::uint32_t number = used.load(std::memory_order_relaxed);
  if (given_up || number == limits::stack_slabs) return nullptr;
  given_up = limited(RLIMIT_AS) || limited(RLIMIT_DATA) || memory_locked() || overcommit_forbidden();
  if (given_up || !map(slabs[number], bytes, next_count(bytes))) return nullptr;
  if (slabs[number].begin < lowest.load(std::memory_order_relaxed))
    lowest.store(slabs[number].begin, std::memory_order_relaxed);
  if (slabs[number].end > highest.load(std::memory_order_relaxed))
    highest.store(slabs[number].end, std::memory_order_relaxed);
  used.store(number + 1, std::memory_order_release);
  return &slabs[number];
}

}  // namespace

std::uint32_t Place::name() const noexcept {
  return static_cast<std::uint32_t>(slab_ - slabs + 1) << index_bits | index_;
}

Place Place::named(std::uint32_t name) noexcept {
  if (name == 0) return {};
  return {slabs[(name >> index_bits) - 1], name & ((1u << index_bits) - 1)};
}

std::uint32_t detail::slabs() noexcept { return used.load(std::memory_order_acquire); }
Slab& detail::slab(std::uint32_t number) noexcept { return stack_slabs::slabs[number]; }

bool may_hold(std::uintptr_t begin, std::size_t bytes) noexcept {
  return begin < highest.load(std::memory_order_relaxed) &&
         begin + bytes > lowest.load(std::memory_order_relaxed);
}

Place find(std::uintptr_t address) noexcept {
  if (!may_hold(address, 1)) return {};
  for (std::uint32_t number = used.load(std::memory_order_acquire); number-- > 0;)
    if (Slab& slab = slabs[number]; address >= slab.begin && address < slab.end)
      return {slab, static_cast<std::uint32_t>((address - slab.begin) / slab.bytes)};
  return {};
}

Place fresh(std::size_t bytes) noexcept {
  for (std::uint32_t number = used.load(std::memory_order_relaxed); number-- > 0;) {
    Slab& slab = slabs[number];
    while (slab.bytes == bytes && slab.fresh < slab.count)
      if (const Place place(slab, slab.fresh++); place.slot().state == State::Fresh) return place;
  }
  Slab* slab = make(bytes);
  return slab ? Place(*slab, slab->fresh++) : Place();
}

bool renew(Place first, std::uint32_t count) noexcept {
  return !kernel::failed(map_stacks(first.begin(), first.bytes() * count, MAP_FIXED));
}

void forget() noexcept {
  used.store(0, std::memory_order_relaxed);
  lowest.store(~std::uintptr_t{0}, std::memory_order_relaxed);
  highest.store(0, std::memory_order_relaxed);
  given_up = false;
}

}  // namespace unblock::stack_slabs
