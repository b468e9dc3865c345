// Asking the kernel what mapping an address is in.
#include "memory/sharing.h"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "descriptors/descriptors.h"
#include "kernel.h"

namespace unblock::sharing {

namespace {

// PROCMAP_QUERY of Linux 6.11, whose headers are rarely those the program is built with: proc_pid_maps(5).
struct MappingQuery {
  std::uint64_t size, query_flags, address;
  std::uint64_t begin, end, flags, page_size, offset, inode;
  std::uint32_t device[2];
  std::uint32_t name_size, build_id_size;
  std::uint64_t name, build_id;
};
constexpr unsigned long query_mapping = _IOWR('f', 17, MappingQuery);
constexpr std::uint64_t is_shared = 8;

constexpr int not_opened = -1, impossible = -2;
constinit std::atomic<int> maps{not_opened};
constinit std::atomic<bool> company{false};

// The descriptor to ask, or a negative number. A fork's child has lost its parent's with all that was hidden.
int opened() noexcept {
  int seen = maps.load(std::memory_order_acquire);
  if (seen == impossible || (seen >= 0 && descriptors::hidden(seen))) return seen;
  const long made = kernel::call(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
  const int hidden = made < 0 ? impossible : descriptors::hide(static_cast<int>(made));
  if (maps.compare_exchange_strong(seen, hidden)) return hidden;
  if (hidden >= 0) descriptors::close_hidden(hidden);
  return seen;
}

}  // namespace

bool ours_alone(const void* address) noexcept {
  const int fd = opened();
  if (fd < 0 || in_company()) return false;
  MappingQuery query{};
  query.size = sizeof query;
  query.address = reinterpret_cast<std::uintptr_t>(address);
  const long result = kernel::call(SYS_ioctl, fd, query_mapping, &query);
  if (result == -ENOTTY) maps.store(impossible);  // an older kernel
  return result == 0 && !(query.flags & is_shared);
}

void has_company() noexcept { company.store(true, std::memory_order_relaxed); }

bool in_company() noexcept { return company.load(std::memory_order_relaxed); }

}  // namespace unblock::sharing
