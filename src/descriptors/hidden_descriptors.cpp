// Descriptors of the runtime's own: out of the program's sight.
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include "descriptors/descriptors.h"
#include "descriptors/refuges.h"
#include "kernel.h"
#include "lock.h"
#include "runtime_limits.h"

namespace unblock::descriptors {

namespace {

struct Hidden {
  std::atomic<int> number;  // its number + 1; 0: none
  unsigned users;           // of a refuge; guarded by lock
};

constinit Hidden hidden_ones[limits::hidden_descriptors];
constinit std::atomic<unsigned> count{0};
constinit std::atomic<int> lowest{INT_MAX};  // number there ever was: the program's own are mostly below
constinit Lock lock;

Hidden* find(int fd) noexcept {
  if (fd < lowest.load(std::memory_order_relaxed) || count.load(std::memory_order_relaxed) == 0)
    return nullptr;
  for (Hidden& entry : hidden_ones)
    if (entry.number.load(std::memory_order_relaxed) == fd + 1) return &entry;
  return nullptr;
}

Hidden* add(int fd, unsigned users) noexcept {
  Guard guard(lock);
  for (Hidden& entry : hidden_ones) {
    if (entry.number.load(std::memory_order_relaxed) != 0) continue;
    entry.users = users;
    if (fd < lowest.load(std::memory_order_relaxed)) lowest.store(fd, std::memory_order_relaxed);
    entry.number.store(fd + 1, std::memory_order_relaxed);
    count.fetch_add(1, std::memory_order_relaxed);
    return &entry;
  }
  return nullptr;
}

int take_out(Hidden& entry) noexcept {
  const int fd = entry.number.exchange(0) - 1;
  count.fetch_sub(1, std::memory_order_relaxed);
  return fd;
}

void drop(Hidden& entry) noexcept { kernel::call(SYS_close, take_out(entry)); }

// A copy of `fd` where the program's own do not get: at RLIMIT_NOFILE, which the limit is raised for while it
// is made. Where that cannot be, near the limit's end.
int copy_away(int fd) noexcept {
  rlimit limit;
  if (kernel::call(SYS_prlimit64, 0, RLIMIT_NOFILE, nullptr, &limit) < 0) return -EMFILE;
  const auto base = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, limits::hidden_base));
  const rlim_t needed = static_cast<rlim_t>(base) + limits::hidden_descriptors;
  if (needed > limit.rlim_cur) {
    const rlimit raised{needed, std::max(needed, limit.rlim_max)};
    if (kernel::call(SYS_prlimit64, 0, RLIMIT_NOFILE, &raised, nullptr) == 0) {
      const long made = kernel::call(SYS_fcntl, fd, F_DUPFD_CLOEXEC, base);
      kernel::call(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, nullptr);
      return static_cast<int>(made);
    }
  }
  const int room = static_cast<int>(limits::hidden_descriptors);
  return static_cast<int>(
      kernel::call(SYS_fcntl, fd, F_DUPFD_CLOEXEC, base > 2 * room ? base - room : base / 2));
}

}  // namespace

void make_room() noexcept {
  const long any = kernel::call(SYS_eventfd2, 0, EFD_CLOEXEC);
  if (any < 0) return;
  const int copy = copy_away(static_cast<int>(any));
  if (copy >= 0) kernel::call(SYS_close, copy);
  kernel::call(SYS_close, any);
}

int hide(int fd) noexcept {
  if (fd < 0) return fd;
  const int made = copy_away(fd);
  if (made < 0) {
    add(fd, 1);  // where it is, but still ours
    return fd;
  }
  kernel::call(SYS_close, fd);
  add(made, 1);
  return made;
}

bool hidden(int fd) noexcept { return find(fd) != nullptr; }

void close_hidden(int fd) noexcept {
  if (Hidden* entry = find(fd)) drop(*entry);
}

void show(int fd) noexcept {
  if (Hidden* entry = find(fd)) take_out(*entry);
}

void close_all_hidden() noexcept {
  lock.reset();
  for (Hidden& entry : hidden_ones)
    if (entry.number.load(std::memory_order_relaxed)) drop(entry);
}

int next_hidden(int fd) noexcept {
  int next = -1;
  for (const Hidden& entry : hidden_ones) {
    const int number = entry.number.load(std::memory_order_relaxed) - 1;
    if (number >= fd && (next < 0 || number < next)) next = number;
  }
  return next;
}

int open_refuge(int fd, unsigned users) noexcept {
  const int refuge = copy_away(fd);
  if (refuge >= 0 && !add(refuge, users)) {
    kernel::call(SYS_close, refuge);
    return -EMFILE;
  }
  return refuge;
}

void leave_refuge(int fd) noexcept {
  Hidden* entry = find(fd);
  if (!entry) return;
  lock.lock();
  const bool last = --entry->users == 0;
  lock.unlock();
  if (!last) return;
  forget(fd);
  drop(*entry);
}

}  // namespace unblock::descriptors
