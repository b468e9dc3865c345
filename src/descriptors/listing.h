// The numbers of the descriptors that the process has open: proc_pid_fd(5).
#pragma once

#include <cstdint>
#include <fcntl.h>

#include "kernel.h"

namespace unblock::descriptors {

/// Lists them by way of one more. No allocation; any thread.
class Listing {
 public:
  Listing() noexcept
      : directory_(kernel::call(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}
  ~Listing() {
    if (directory_ >= 0) kernel::call(SYS_close, directory_);
  }
  Listing(const Listing&) = delete;
  Listing& operator=(const Listing&) = delete;

  /// Calls `visit(number)` for each, its own included, until that says false. False then, or if there is no
  /// such directory to read. Once.
  template <class Visit>
  [[nodiscard]] bool each(Visit&& visit) noexcept {
    long bytes;
    while ((bytes = kernel::call(SYS_getdents64, directory_, entries_, sizeof entries_)) > 0)
      for (long at = 0; at < bytes;) {
        const auto* entry = reinterpret_cast<const Entry*>(entries_ + at);
        at += entry->length;
        const int number = number_of(entry->name);
        if (number >= 0 && !visit(number)) return false;
      }
    return bytes == 0;
  }

 private:
  // Of getdents64(2).
  struct Entry {
    std::uint64_t inode;
    std::int64_t offset;
    std::uint16_t length;
    std::uint8_t type;
    char name[1];  // and more
  };

  // -1: "." and "..".
  static int number_of(const char* name) noexcept {
    int number = -1;
    for (; *name >= '0' && *name <= '9'; ++name) number = (number < 0 ? 0 : number) * 10 + (*name - '0');
    return number;
  }

  alignas(8) char entries_[1024];
  long directory_;
};

}  // namespace unblock::descriptors
