// Closing and replacing descriptors: under waiters, and around those that are our own.
#include "closing.h"

#include <cerrno>

#include "descriptors/descriptors.h"
#include "entry/in_place.h"
#include "fibers/processors.h"
#include "handlers.h"
#include "kernel.h"
#include "waits/waiting.h"

namespace unblock::closing {

long before_close(int fd) noexcept {
  if (descriptors::hidden(fd)) return -EBADF;
  descriptors::forget(fd);
  return 0;
}

long before_duplicate(int fd) noexcept {
  if (descriptors::hidden(fd)) return -EBADF;
  descriptors::duplicated(fd);
  return 0;
}

long before_replacing(int from, int to) noexcept {
  if (descriptors::hidden(to)) return -EBADF;
  if (const long error = before_duplicate(from)) return error;
  if (from != to) descriptors::forget(to);
  return 0;
}

long close_range(unsigned first, unsigned last, unsigned flags) noexcept {
  if (first > last) return kernel::call(SYS_close_range, first, last, flags);
  constexpr unsigned cloexec = 1 << 2;  // CLOSE_RANGE_CLOEXEC
  const unsigned highest = last < limits::max_descriptors ? last : limits::max_descriptors;
  if (!(flags & cloexec))
    for (unsigned fd = first; fd <= highest; ++fd)
      if (processors::watching(static_cast<int>(fd)) && !descriptors::hidden(static_cast<int>(fd)))
        descriptors::forget(static_cast<int>(fd));
  // Piece by piece, between our own.
  for (unsigned from = first;;) {
    const int ours = descriptors::next_hidden(static_cast<int>(from));
    const bool split = ours >= 0 && static_cast<unsigned>(ours) <= last;
    const unsigned to = split ? static_cast<unsigned>(ours) - 1 : last;
    if (!split || static_cast<unsigned>(ours) > from) {
      const long result = kernel::call(SYS_close_range, from, to, flags);
      if (result < 0) return result;
    }
    if (!split || static_cast<unsigned>(ours) == last) return 0;
    from = static_cast<unsigned>(ours) + 1;
  }
}

}  // namespace unblock::closing

namespace unblock::calls {

long close(Fiber& fiber, int fd) noexcept {
  if (const long error = closing::before_close(fd)) return error;
  // Not to be made again after a signal: close(2). SO_LINGER and some file systems make it wait.
  const long result = in_place::perhaps_short(fiber, SYS_close, fd);
  return result == waiting::restart_if_asked ? kernel::call(SYS_close, fd) : result;
}

long close_range(Fiber&, unsigned first, unsigned last, unsigned flags) noexcept {
  return closing::close_range(first, last, flags);
}

long dup(Fiber&, int fd) noexcept {
  const long error = closing::before_duplicate(fd);
  return error ? error : kernel::call(SYS_dup, fd);
}

long dup2(Fiber&, int from, int to) noexcept {
  const long error = closing::before_replacing(from, to);
  return error ? error : kernel::call(SYS_dup2, from, to);
}

long dup3(Fiber&, int from, int to, int flags) noexcept {
  const long error = closing::before_replacing(from, to);
  return error ? error : kernel::call(SYS_dup3, from, to, flags);
}

}  // namespace unblock::calls
