// Small files of proc(5), and what stands in them.
#pragma once

#include <charconv>
#include <cstddef>
#include <fcntl.h>
#include <string_view>

#include "kernel.h"

namespace unblock {

/// The first `room` bytes of a file, read once; empty if there is none. No allocation; any thread.
template <std::size_t room>
class ProcText {
 public:
  explicit ProcText(const char* path) noexcept {
    const long file = kernel::call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    const long got = kernel::call(SYS_read, file, bytes_, room);
    kernel::call(SYS_close, file);
    if (got > 0) size_ = static_cast<std::size_t>(got);
  }

  /// The number behind `title`, in digits of `base`; `otherwise` if there is none.
  template <class Number>
  [[nodiscard]] Number number(std::string_view title, Number otherwise, int base = 10) const noexcept {
    const std::string_view text(bytes_, size_);
    const std::size_t at = text.find(title);
    Number value = otherwise;
    if (at != text.npos) std::from_chars(bytes_ + at + title.size(), bytes_ + size_, value, base);
    return value;
  }

 private:
  char bytes_[room];
  std::size_t size_ = 0;
};

}  // namespace unblock
