// Reading the kernel's settings.
#include "sysctl.h"

#include <charconv>
#include <fcntl.h>

#include "kernel.h"

namespace unblock::sysctl {

long number(const char* path) noexcept {
  const long fd = kernel::call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  char text[24];
  const long length = kernel::call(SYS_read, fd, text, sizeof text);
  kernel::call(SYS_close, fd);
  long value = -1;
  if (length > 0) std::from_chars(text, text + length, value);
  return value;
}

}  // namespace unblock::sysctl
