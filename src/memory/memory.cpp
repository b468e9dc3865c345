// The runtime's own memory, straight from the kernel.
#include "memory/memory.h"

#include <cstdint>
#include <sys/mman.h>

#include "kernel.h"
#include "runtime_limits.h"

namespace unblock::memory {

namespace {

// In front of each resizable block: how much was mapped.
struct alignas(16) Header {
  std::size_t mapped;
};

constexpr std::size_t in_pages(std::size_t bytes) noexcept {
  return (bytes + limits::page - 1) & ~(limits::page - 1);
}

void* map_with(std::size_t bytes, int protection, int flags) noexcept {
  const long start =
      kernel::call(SYS_mmap, nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  return kernel::failed(start) ? nullptr : reinterpret_cast<void*>(start);
}

}  // namespace

void* map(std::size_t bytes) noexcept { return map_with(in_pages(bytes), PROT_READ | PROT_WRITE, 0); }

void unmap(void* start, std::size_t bytes) noexcept {
  if (start) kernel::call(SYS_munmap, start, in_pages(bytes));
}

void* map_stack(std::size_t bytes) noexcept {
  auto* start = static_cast<char*>(map_with(limits::page + bytes, PROT_NONE, MAP_NORESERVE | MAP_STACK));
  if (!start) return nullptr;
  if (kernel::failed(kernel::call(SYS_mprotect, start + limits::page, bytes, PROT_READ | PROT_WRITE))) {
    unmap(start, limits::page + bytes);
    return nullptr;
  }
  return start + limits::page;
}

void unmap_stack(void* lowest, std::size_t bytes) noexcept {
  if (lowest) unmap(static_cast<char*>(lowest) - limits::page, limits::page + bytes);
}

void* resize(void* block, std::size_t bytes) noexcept {
  auto* old = block ? static_cast<Header*>(block) - 1 : nullptr;
  if (bytes == 0) {
    if (old) unmap(old, old->mapped);
    return nullptr;
  }
  const std::size_t wanted = in_pages(bytes + sizeof(Header));
  if (old && wanted <= old->mapped) return block;
  void* start;
  if (old) {
    const long moved = kernel::call(SYS_mremap, old, old->mapped, wanted, MREMAP_MAYMOVE);
    start = kernel::failed(moved) ? nullptr : reinterpret_cast<void*>(moved);
  } else {
    start = map(wanted);
  }
  if (!start) return nullptr;
  auto* header = static_cast<Header*>(start);
  header->mapped = wanted;
  return header + 1;
}

}  // namespace unblock::memory
