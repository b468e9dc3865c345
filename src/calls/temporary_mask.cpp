// Where calls have their signal masks.
#include "temporary_mask.h"

#include <sys/syscall.h>

namespace unblock::calls {

namespace {

GivenMask taken_from(long& set, long size) noexcept {
  const auto* given = reinterpret_cast<const SignalSet*>(set);
  set = 0;
  return {given, static_cast<std::size_t>(size)};
}

}  // namespace

long take_mask_out(long nr, long (&words)[6], GivenMask& mask) noexcept {
  switch (nr) {
    case SYS_ppoll: mask = taken_from(words[3], words[4]); return 0;
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2: mask = taken_from(words[4], words[5]); return 0;
    case SYS_pselect6:
    case SYS_io_pgetevents: {
      const auto* indirect = reinterpret_cast<const GivenMask*>(words[5]);
      words[5] = 0;
      return !indirect || user::copy(&mask, indirect, sizeof mask) ? 0 : -EFAULT;
    }
    default: return 0;
  }
}

}  // namespace unblock::calls
