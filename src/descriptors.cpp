// What is known of the program's descriptors.
#include "descriptors.h"

#include <atomic>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "kernel.h"
#include "memory.h"
#include "processor.h"
#include "refuges.h"
#include "runtime_limits.h"
#include "scheduler.h"

namespace unblock::descriptors {

namespace {

struct Entry {
  std::atomic<Kind> kind;
  std::atomic<std::uint32_t> born;  // the epoch it was made in; 0: not known
};

constinit std::atomic<Entry*> chunks[limits::max_descriptors / limits::descriptor_chunk];
constinit std::atomic<std::uint32_t> epoch{1};

Entry* find(int fd) noexcept {
  if (fd < 0 || static_cast<std::size_t>(fd) >= limits::max_descriptors) return nullptr;
  Entry* chunk = chunks[fd / limits::descriptor_chunk].load(std::memory_order_acquire);
  return chunk ? chunk + fd % limits::descriptor_chunk : nullptr;
}

Entry* find_or_create(int fd) noexcept {
  if (Entry* entry = find(fd)) return entry;
  if (fd < 0 || static_cast<std::size_t>(fd) >= limits::max_descriptors) return nullptr;
  constexpr std::size_t bytes = limits::descriptor_chunk * sizeof(Entry);
  auto* made = static_cast<Entry*>(memory::map(bytes));  // zeroes: Unknown, not born
  Entry* expected = nullptr;
  if (made && !chunks[fd / limits::descriptor_chunk].compare_exchange_strong(expected, made)) memory::unmap(made, bytes);
  return find(fd);
}

Kind inspect(int fd) noexcept {
  struct stat status;
  if (kernel::call(SYS_fstat, fd, &status) < 0) return Kind::Unknown;
  switch (status.st_mode & S_IFMT) {
    case S_IFSOCK: return Kind::Socket;
    case S_IFIFO: return Kind::Stream;
    case S_IFREG:
    case S_IFDIR:
    case S_IFBLK: return Kind::File;
    default: return Kind::Stream;  // until it answers that it cannot
  }
}

}  // namespace

Kind kind(int fd) noexcept {
  Entry* entry = find_or_create(fd);
  if (!entry) return inspect(fd);
  Kind known = entry->kind.load(std::memory_order_relaxed);
  if (known == Kind::Unknown) entry->kind.store(known = inspect(fd), std::memory_order_relaxed);
  return known;
}

void remember(int fd, Kind kind) noexcept {
  if (Entry* entry = find_or_create(fd)) entry->kind.store(kind, std::memory_order_relaxed);
}

bool blocking(int fd) noexcept {
  const long flags = kernel::call(SYS_fcntl, fd, F_GETFL);
  return flags >= 0 && !(flags & O_NONBLOCK);
}

bool ready(int fd, short events) noexcept {
  pollfd entry{fd, events, 0};
  return kernel::call(SYS_poll, &entry, 1, 0) != 0;
}

Nanoseconds socket_timeout(int fd, int option) noexcept {
  timeval timeout{};
  socklen_t size = sizeof timeout;
  if (kernel::call(SYS_getsockopt, fd, SOL_SOCKET, option, &timeout, &size) < 0) return never;
  const Nanoseconds interval = timeout.tv_sec * second + timeout.tv_usec * (second / 1'000'000);
  return interval == 0 ? never : interval;
}

void born(int fd) noexcept {
  if (Entry* entry = find_or_create(fd)) entry->born.store(epoch.load(), std::memory_order_relaxed);
}

bool is_private(int fd) noexcept {
  const Entry* entry = find(fd);
  return entry && entry->born.load(std::memory_order_relaxed) == epoch.load();
}

void shared() noexcept {
  if (epoch.fetch_add(1) == UINT32_MAX) epoch.store(1);
}

void forget(Fiber& fiber, int fd) noexcept {
  if (Entry* entry = find(fd)) {
    entry->kind.store(Kind::Unknown, std::memory_order_relaxed);
    entry->born.store(0, std::memory_order_relaxed);
  }
  if (!fiber.home->watches.busy(fd)) return;
  scheduler::acquire(fiber);
  Watches& watches = fiber.home->watches;
  const unsigned followers = watches.followers(fd);
  const int refuge = followers ? open_refuge(fd, followers) : -1;
  watches.forget(fd, refuge);
  scheduler::release(fiber);
}

}  // namespace unblock::descriptors
