// The kernel's own blocking calls, for a program that asks for them.
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstring>
#include <ctime>
#include <netdb.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "api.h"
#include "calls/natively.h"
#include "entry/dispatch.h"
#include "entry/edge.h"
#include "entry/in_place.h"
#include "entry/native_section.h"
#include "kernel.h"
#include "next.h"
#include "symbols.h"

// Blocking functions of libc that are not hooked, since their system calls are what we see.
#define UNBLOCK_UNHOOKED(X)                                                                                  \
  X(ssize_t, recv, (int fd, void* data, size_t size, int flags), (fd, data, size, flags))                    \
  X(ssize_t, recvfrom, (int fd, void* data, size_t size, int flags, sockaddr* from, socklen_t* length),      \
    (fd, data, size, flags, from, length))                                                                   \
  X(int, recvmmsg, (int fd, mmsghdr* messages, unsigned count, int flags, timespec* timeout),                \
    (fd, messages, count, flags, timeout))                                                                   \
  X(ssize_t, send, (int fd, const void* data, size_t size, int flags), (fd, data, size, flags))              \
  X(ssize_t, sendto,                                                                                         \
    (int fd, const void* data, size_t size, int flags, const sockaddr* to, socklen_t length),                \
    (fd, data, size, flags, to, length))                                                                     \
  X(int, sendmmsg, (int fd, mmsghdr* messages, unsigned count, int flags), (fd, messages, count, flags))     \
  X(ssize_t, sendfile, (int out, int in, off_t* offset, size_t size), (out, in, offset, size))               \
  X(int, ppoll, (pollfd * entries, nfds_t count, const timespec* timeout, const sigset_t* mask),             \
    (entries, count, timeout, mask))                                                                         \
  X(int, pselect,                                                                                            \
    (int count, fd_set* read, fd_set* write, fd_set* except, const timespec* timeout, const sigset_t* mask), \
    (count, read, write, except, timeout, mask))                                                             \
  X(int, epoll_pwait, (int epfd, epoll_event* events, int count, int milliseconds, const sigset_t* mask),    \
    (epfd, events, count, milliseconds, mask))                                                               \
  X(unsigned, sleep, (unsigned seconds), (seconds))                                                          \
  X(int, usleep, (useconds_t microseconds), (microseconds))                                                  \
  X(int, nanosleep, (const timespec* interval, timespec* left), (interval, left))                            \
  X(int, clock_nanosleep, (clockid_t clock, int flags, const timespec* time, timespec* left),                \
    (clock, flags, time, left))                                                                              \
  X(int, pause, (), ())                                                                                      \
  X(int, sigsuspend, (const sigset_t* mask), (mask))                                                         \
  X(int, sigwait, (const sigset_t* set, int* taken), (set, taken))                                           \
  X(int, sigwaitinfo, (const sigset_t* set, siginfo_t* taken), (set, taken))                                 \
  X(int, sigtimedwait, (const sigset_t* set, siginfo_t* taken, const timespec* timeout),                     \
    (set, taken, timeout))

#define UNBLOCK_ORIGINALS(X)     \
  UNBLOCK_CANCELLATION_POINTS(X) \
  UNBLOCK_BESIDE_HOOKS(X)        \
  UNBLOCK_HOME_CALLS(X)          \
  UNBLOCK_UNDIVIDED(X)           \
  UNBLOCK_UNHOOKED(X)

namespace {

using namespace unblock;

namespace next {
UNBLOCK_ORIGINALS(UNBLOCK_NEXT)
}  // namespace next

namespace original {
#define UNBLOCK_ORIGINAL(result, name, parameters, arguments) \
  result name parameters {                                    \
    const NativeSection section(edge::fiber_to_serve());      \
    return next::name arguments;                              \
  }
UNBLOCK_ORIGINALS(UNBLOCK_ORIGINAL)
}  // namespace original

template <class Function>
unblock_function* ready(real::Next<Function>& next, Function* original) noexcept {
  return next.look_up() ? reinterpret_cast<unblock_function*>(original) : nullptr;
}

}  // namespace

UNBLOCK_API unblock_function* unblock_original(const char* wanted) {
#define UNBLOCK_FIND(result, name, parameters, arguments) \
  if (std::strcmp(wanted, #name) == 0) return ready(next::name, original::name);
  UNBLOCK_ORIGINALS(UNBLOCK_FIND)
  return nullptr;
}

UNBLOCK_API long unblock_call(long number, ...) {
  va_list list;
  va_start(list, number);
  long arguments[6];
  for (long& argument : arguments) argument = va_arg(list, long);
  va_end(list);
  if (!dispatch::can_be_native(number)) return -ENOSYS;
  Fiber* fiber = edge::fiber_to_serve();
  if (!fiber) return in_place::quick(number, arguments);
  return edge::serve(*fiber, nullptr,
                     [&](Fiber& served) { return calls::natively(served, number, arguments); });
}
