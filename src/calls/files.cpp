// Files: locks, flags, opening; and rings of requests about them.
#include <cerrno>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <utility>

#include "arguments.h"
#include "asking.h"
#include "descriptors/descriptors.h"
#include "entry/in_place.h"
#include "fibers/carrier.h"
#include "handlers.h"
#include "kernel.h"
#include "siblings/siblings.h"
#include "temporary_mask.h"
#include "user.h"
#include "waits/waiting.h"

namespace unblock::calls {

long fcntl(Fiber& fiber, int fd, int command, long argument) noexcept {
  const bool waits = command == F_SETLKW || command == F_OFD_SETLKW;
  if (!waits) {
    const long result = kernel::call(SYS_fcntl, fd, command, argument);
    if (command == F_SETFL) descriptors::changed(fd);
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC) descriptors::duplicated(fd);
    return result;
  }
  const int without_wait = command == F_SETLKW ? F_SETLK : F_OFD_SETLK;
  const long result = kernel::call(SYS_fcntl, fd, without_wait, argument);
  if (result != -EAGAIN && result != -EACCES) return result;
  if (siblings::keeps_processor(fiber))
    return asking_again(fiber, [&] {
      const long got = kernel::call(SYS_fcntl, fd, without_wait, argument);
      return got == -EACCES ? -EAGAIN : got;
    });
  return in_place::sleeping(fiber, SYS_fcntl, Words(fd, command, argument).words);
}

long ioctl(Fiber& fiber, int fd, unsigned long request, long argument) noexcept {
  const long result = in_place::perhaps_short(fiber, SYS_ioctl, fd, request, argument);
  if (request == FIONBIO) descriptors::changed(fd);
  return result;
}

long flock(Fiber& fiber, int fd, int operation) noexcept {
  const long result = kernel::call(SYS_flock, fd, operation | LOCK_NB);
  if (result != -EAGAIN || (operation & LOCK_NB)) return result;
  if (siblings::keeps_processor(fiber))
    return asking_again(fiber, [&] { return kernel::call(SYS_flock, fd, operation | LOCK_NB); });
  return in_place::sleeping(fiber, SYS_flock, Words(fd, operation).words);
}

namespace {

// The mask is the argument itself, or part of the structure it points to, of which `copy` is one without.
long take_mask_out(unsigned flags, const void*& argument, std::size_t size, io_uring_getevents_arg& copy,
                   GivenMask& mask) noexcept {
  constexpr unsigned registered = 1 << 6;  // IORING_ENTER_EXT_ARG_REG: no pointer
  if (!argument || !(flags & IORING_ENTER_GETEVENTS) || (flags & registered)) return 0;
  if (!(flags & IORING_ENTER_EXT_ARG)) {
    mask = {static_cast<const SignalSet*>(std::exchange(argument, nullptr)), size};
    return 0;
  }
  if (size != sizeof copy) return 0;  // an error, for the kernel to say
  if (!user::copy(&copy, argument, sizeof copy)) return -EFAULT;
  mask = {reinterpret_cast<const SignalSet*>(std::exchange(copy.sigmask, 0)), copy.sigmask_sz};
  argument = &copy;
  return 0;
}

}  // namespace

long io_uring_enter(Fiber& fiber, int fd, unsigned submit, unsigned complete, unsigned flags,
                    const void* argument, std::size_t size) noexcept {
  fiber.carrier->keep = true;  // requests are cancelled when the kernel thread that made them ends
  io_uring_getevents_arg extended;
  GivenMask mask;
  if (const long error = take_mask_out(flags, argument, size, extended, mask)) return error;
  TemporaryMask temporary(fiber, mask);
  if (temporary.error()) return temporary.error();
  const long result =
      in_place::perhaps(fiber, SYS_io_uring_enter, Words(fd, submit, complete, flags, argument, size).words);
  const bool interrupted = result == -EINTR || result == waiting::restart_if_asked;
  return temporary.over(interrupted ? waiting::restart_unhandled : result);
}

long open(Fiber& fiber, const char* path, int flags, mode_t mode) noexcept {
  return openat(fiber, AT_FDCWD, path, flags, mode);
}

long openat(Fiber& fiber, int directory, const char* path, int flags, mode_t mode) noexcept {
  const long fd = in_place::perhaps_short(fiber, SYS_openat, directory, path, flags, mode);
  if (fd >= 0) descriptors::opened(static_cast<int>(fd));
  return fd;
}

// fstat(3) is this call with an empty path, which most programs make before they read a file: what it says of
// the descriptor need not be asked again.
long newfstatat(Fiber& fiber, int directory, const char* path, void* status, int flags) noexcept {
  const long result = in_place::perhaps_short(fiber, SYS_newfstatat, directory, path, status, flags);
  char first = 0;
  struct stat seen;
  if (result == 0 && (flags & AT_EMPTY_PATH) && directory >= 0 && user::copy(&first, path, 1) && !first &&
      user::copy(&seen, status, sizeof seen))
    descriptors::inspected(directory, seen.st_mode);
  return result;
}

}  // namespace unblock::calls
