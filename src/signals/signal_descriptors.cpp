// Descriptors for signals that the process came with, signalfd(2) and execve(2), or got from another one.
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>

#include "descriptors/listing.h"
#include "format.h"
#include "kernel.h"
#include "runtime_limits.h"
#include "signals/signals.h"

namespace unblock::signals {

namespace {

// What the kernel tells of a descriptor, as far as it matters: proc_pid_fdinfo(5).
struct Account {
  char text[512];
  long size = 0;

  explicit Account(int fd) noexcept {
    char path[32];
    format::Writer writer(path, sizeof path);
    writer.put("/proc/self/fdinfo/", fd, '\0');
    const long file = kernel::call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    size = kernel::call(SYS_read, file, text, sizeof text);
    kernel::call(SYS_close, file);
  }
};

// Neither a file, nor a socket, nor a pipe: a signalfd, an eventfd and their like.
bool is_anonymous(int fd) noexcept {
  struct stat file;
  return kernel::call(SYS_fstat, fd, &file) == 0 && (file.st_mode & S_IFMT) == 0;
}

SignalSet hexadecimal(std::string_view text) noexcept {
  SignalSet value = 0;
  for (const char digit : text) {
    if (digit >= '0' && digit <= '9')
      value = value << 4 | static_cast<SignalSet>(digit - '0');
    else if (digit >= 'a' && digit <= 'f')
      value = value << 4 | static_cast<SignalSet>(digit - 'a' + 10);
    else
      break;
  }
  return value;
}

SignalSet read_by(int fd) noexcept {
  constexpr std::string_view title = "sigmask:\t";
  const Account account(fd);
  if (account.size <= 0) return 0;
  std::string_view text(account.text, static_cast<std::size_t>(account.size));
  const std::size_t at = text.find(title);
  if (at == text.npos) return 0;
  text.remove_prefix(at + title.size());
  return hexadecimal(text);
}

}  // namespace

void look_at_descriptor(int fd) noexcept {
  if (is_anonymous(fd)) leave_to_kernel(read_by(fd));
}

void find_descriptors() noexcept {
  int left = limits::inherited_descriptors;
  static_cast<void>(descriptors::Listing().each([&](int fd) {
    look_at_descriptor(fd);
    return --left > 0;
  }));
}

}  // namespace unblock::signals
