// Descriptors for signals that the process came with, signalfd(2) and execve(2), or got from another one.
#include <sys/stat.h>

#include "descriptors/listing.h"
#include "format.h"
#include "kernel.h"
#include "proc_text.h"
#include "runtime_limits.h"
#include "signals/signals.h"

namespace unblock::signals {

namespace {

// Neither a file, nor a socket, nor a pipe: a signalfd, an eventfd and their like.
bool is_anonymous(int fd) noexcept {
  struct stat file;
  return kernel::call(SYS_fstat, fd, &file) == 0 && (file.st_mode & S_IFMT) == 0;
}

// As the kernel tells: proc_pid_fdinfo(5).
SignalSet read_by(int fd) noexcept {
  char path[32];
  format::Writer writer(path, sizeof path);
  writer.put("/proc/self/fdinfo/", fd, '\0');
  return ProcText<512>(path).number("sigmask:\t", SignalSet{0}, 16);
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
