// Listening sockets that the program made before its first thread.
#include "descriptors/early_sockets.h"

#include <atomic>
#include <bit>
#include <cstdint>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "descriptors/descriptor_table.h"
#include "descriptors/listing.h"
#include "kernel.h"
#include "runtime_limits.h"

namespace unblock::early_sockets {

namespace {

constexpr int word_bits = 64;
constinit std::atomic<std::uint64_t> words[limits::early_sockets / word_bits];  // a bit for each number
constinit std::atomic<std::uint64_t> inodes[limits::early_sockets];             // of those that have one
constinit std::atomic<bool> some{false};
constinit std::atomic<unsigned> inspected{0};

bool in_range(int fd) noexcept { return fd >= 0 && fd < static_cast<int>(limits::early_sockets); }
std::uint64_t bit_of(int fd) noexcept { return std::uint64_t{1} << (fd % word_bits); }
bool is_noted(int fd) noexcept { return words[fd / word_bits].load(std::memory_order_relaxed) & bit_of(fd); }

template <class T>
bool option_is(int fd, int option, T expected) noexcept {
  T value{};
  socklen_t size = sizeof value;
  return kernel::call(SYS_getsockopt, fd, SOL_SOCKET, option, &value, &size) == 0 &&
         __builtin_memcmp(&value, &expected, sizeof value) == 0;
}

bool is_plain_listener(int fd) noexcept {
  return option_is(fd, SO_ACCEPTCONN, 1) && option_is(fd, SO_TYPE, static_cast<int>(SOCK_STREAM)) &&
         option_is(fd, SO_RCVTIMEO, timeval{}) && option_is(fd, SO_SNDTIMEO, timeval{});
}

bool same_file(int fd, const struct stat& file) noexcept {
  struct stat other;
  return kernel::call(SYS_fstat, fd, &other) == 0 && other.st_ino == file.st_ino &&
         other.st_dev == file.st_dev;
}

// Whether `fd` is the file that it was when it was made, and no other number of this process' is a
// descriptor of that. Its flags may be changed under that.
bool is_only_descriptor(int fd) noexcept {
  struct stat file;
  if (kernel::call(SYS_fstat, fd, &file) < 0 || file.st_ino != inodes[fd].load(std::memory_order_relaxed))
    return false;
  return descriptors::Listing().each([&](int number) { return number == fd || !same_file(number, file); });
}

void adopt(int fd) noexcept {
  using namespace descriptors;
  const long flags = kernel::call(SYS_fcntl, fd, F_GETFL);
  if (flags < 0 || (flags & O_NONBLOCK) || !is_plain_listener(fd) || !is_only_descriptor(fd)) return;
  born(fd, true, true);
}

}  // namespace

void made(int fd) noexcept {
  struct stat file;
  // A program that makes many is none that makes its listeners first, and should not pay for each.
  if (!in_range(fd) || inspected.load(std::memory_order_relaxed) >= limits::early_sockets_made) return;
  inspected.fetch_add(1, std::memory_order_relaxed);
  if (kernel::call(SYS_fstat, fd, &file) < 0) return;
  inodes[fd].store(file.st_ino, std::memory_order_relaxed);
  words[fd / word_bits].fetch_or(bit_of(fd), std::memory_order_relaxed);
  some.store(true, std::memory_order_relaxed);
}

void closed(int fd) noexcept {
  if (some.load(std::memory_order_relaxed) && in_range(fd))
    words[fd / word_bits].fetch_and(~bit_of(fd), std::memory_order_relaxed);
}

void forget() noexcept {
  if (!some.exchange(false, std::memory_order_relaxed)) return;
  for (auto& word : words) word.store(0, std::memory_order_relaxed);
}

void adopt() noexcept {
  if (!some.load(std::memory_order_relaxed)) return;
  for (int fd = 0; fd < static_cast<int>(limits::early_sockets); ++fd)
    if (is_noted(fd)) adopt(fd);
  forget();
}

}  // namespace unblock::early_sockets
