// Whether a call that the kernel answers will wait, and for whom it cannot.
#include "natively.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <iterator>
#include <poll.h>
#include <sys/syscall.h>

#include "arguments.h"
#include "cpu_clocks.h"
#include "descriptors/descriptors.h"
#include "embedding.h"
#include "entry/in_place.h"
#include "handlers.h"
#include "received_descriptors.h"
#include "signal_waits.h"
#include "temporary_mask.h"
#include "waits/waiting.h"

namespace unblock::calls {

namespace {

enum class Waits { Perhaps, Reading, Writing, ForReadiness, ForTime };

// Whether a call for readiness only looks.
bool at_once(long nr, const long (&words)[6]) noexcept {
  switch (nr) {
    case SYS_poll: return static_cast<int>(words[2]) == 0;
    case SYS_epoll_wait:
    case SYS_epoll_pwait: return static_cast<int>(words[3]) == 0;
    default: return false;
  }
}

Waits kind(long nr) noexcept {
  switch (nr) {
    case SYS_read:
    case SYS_readv:
    case SYS_recvfrom:
    case SYS_recvmsg:
    case SYS_recvmmsg:
    case SYS_accept:
    case SYS_accept4: return Waits::Reading;
    case SYS_write:
    case SYS_writev:
    case SYS_sendto:
    case SYS_sendmsg:
    case SYS_sendmmsg: return Waits::Writing;
    case SYS_poll:
    case SYS_ppoll:
    case SYS_select:
    case SYS_pselect6:
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2:
    case SYS_io_pgetevents: return Waits::ForReadiness;
    case SYS_nanosleep:
    case SYS_clock_nanosleep: return Waits::ForTime;
    default: return Waits::Perhaps;
  }
}

bool will_wait(Waits kind, long nr, const long (&words)[6]) noexcept {
  switch (kind) {
    case Waits::Reading: return !descriptors::ready(static_cast<int>(words[0]), POLLIN);
    case Waits::Writing: return !descriptors::ready(static_cast<int>(words[0]), POLLOUT);
    case Waits::ForReadiness: return !at_once(nr, words);
    case Waits::ForTime: return true;
    default: return false;
  }
}

long made_under_its_mask(Fiber& fiber, long nr, const long (&words)[6]) noexcept {
  long unmasked[6];
  std::copy(std::begin(words), std::end(words), unmasked);
  GivenMask mask;
  if (const long error = take_mask_out(nr, unmasked, mask)) return error;
  TemporaryMask temporary(fiber, mask);
  if (temporary.error()) return temporary.error();
  const Waits waits = kind(nr);
  const long result = will_wait(waits, nr, words) ? in_place::sleeping(fiber, nr, unmasked)
                                                  : in_place::perhaps(fiber, nr, unmasked);
  // Those are never restarted once a handler has run: signal(7).
  const bool interrupted = result == -EINTR || result == waiting::restart_if_asked;
  return temporary.over(interrupted && waits >= Waits::ForReadiness ? waiting::restart_unhandled : result);
}

}  // namespace

long natively(Fiber& fiber, long nr, const long (&words)[6]) noexcept {
  // The kernel does not know the clocks of fibers.
  const auto clock = static_cast<clockid_t>(words[0]);
  if (nr == SYS_clock_nanosleep && timed_by(fiber, clock))
    return clock_nanosleep(fiber, clock, static_cast<int>(words[1]),
                           reinterpret_cast<const timespec*>(words[2]),
                           reinterpret_cast<timespec*>(words[3]));
  if (waits_for_signals(nr)) return wait_for_signals_natively(fiber, nr, words);
  // What a message carries to another process is not ours alone any more.
  if (nr == SYS_sendmsg || nr == SYS_sendmmsg) descriptors::shared();
  if (!embedding::hosts(fiber)) waiting::let_newborns_begin(fiber);
  const long result = made_under_its_mask(fiber, nr, words);
  if (nr == SYS_recvmsg) note_received(reinterpret_cast<const msghdr*>(words[1]), result);
  if (nr == SYS_recvmmsg) note_received(reinterpret_cast<const mmsghdr*>(words[1]), result);
  return result;
}

long io_pgetevents(Fiber& fiber, long context, long least, long most, void* events, const timespec* timeout,
                   const void* mask) noexcept {
  return made_under_its_mask(fiber, SYS_io_pgetevents,
                             Words(context, least, most, events, timeout, mask).words);
}

}  // namespace unblock::calls
