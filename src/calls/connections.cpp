// accept, connect and socket.
#include <fcntl.h>

#include "arguments.h"
#include "entry/in_place.h"
#include "handlers.h"
#include "siblings/siblings.h"
#include "transfer.h"
#include "user.h"

namespace unblock::calls {

namespace {

bool listens(int fd) noexcept {
  if (descriptors::listens(fd)) return true;
  int answer = 0;
  socklen_t size = sizeof answer;
  return kernel::call(SYS_getsockopt, fd, SOL_SOCKET, SO_ACCEPTCONN, &answer, &size) == 0 && answer;
}

// Whether a connection that the loop reports at `fd` is there for `fiber` still when that comes to it: nobody
// else takes any. Were it gone all the same, the call would wait in place.
bool may_count_on_loop(const Fiber& fiber, int fd) noexcept {
  return descriptors::accepts_alone(fd, fiber) && in_place::may_sleep(fiber);
}

// Until there may be a connection. 0, or what accept returns instead.
long await_connection(Fiber& fiber, Patience& patience, bool asks) noexcept {
  for (;; asks = true) {
    const int fd = patience.fd();
    if (asks && (descriptors::ready(fd, POLLIN) || !listens(fd))) return 0;
    if (asks) descriptors::note_accepter(fd, fiber);
    if (const long error = patience.wait())
      return error == -EAGAIN && !descriptors::blocking(patience.fd()) ? 0 : error;
    if (may_count_on_loop(fiber, patience.fd())) return 0;
  }
}

// Takes a connection that is there, most likely. If it came before a signal, and nobody else takes any, it is
// the call's.
template <class... Args>
long take(Fiber& fiber, long nr, int fd, Args... args) noexcept {
  if (fiber.signals.attention.load(std::memory_order_relaxed) && descriptors::accepts_alone(fd, fiber))
    return kernel::call(nr, fd, args...);
  return in_place::perhaps_short(fiber, nr, fd, args...);
}

// Neither accept nor connect can be tried without O_NONBLOCK, which belongs to everybody who has the file.
// accept: asks first, and waits exclusively: a connection is for one. Should another process be faster, it
// waits in place; a sibling, whom the others wait for then, until it is called off. A server that has just
// made a thread for the last connection lets that begin, and the loop, which is asked next, says whether
// there is another.
template <class Accept>
long accept_when_ready(Fiber& fiber, int fd, bool blocking, Accept&& take) noexcept {
  const bool asks = !fiber.has_newborns || !may_count_on_loop(fiber, fd);
  if (asks)
    waiting::let_newborns_begin(fiber);
  else
    fiber.has_newborns = false;
  Patience patience(fiber, fd, Readable, SO_RCVTIMEO, true);
  long result;
  do {
    if (const long error = await_connection(fiber, patience, asks)) return error;
    if (siblings::superseded(fiber)) return waiting::restart_if_asked;
    result = take(patience.fd());
  } while (result == waiting::restart_if_asked && in_place::called_off(fiber));
  if (result < 0) return result;
  descriptors::note_accepter(patience.fd(), fiber);
  descriptors::accepted(static_cast<int>(result), patience.fd(), blocking);
  return result;
}

// Sets O_NONBLOCK for as long as a connect takes to begin, on a file that nobody else can have.
class Unblocked {
 public:
  explicit Unblocked(int fd) noexcept : fd_(fd), flags_(kernel::call(SYS_fcntl, fd, F_GETFL)) {
    kernel::call(SYS_fcntl, fd_, F_SETFL, flags_ | O_NONBLOCK);
  }
  ~Unblocked() { kernel::call(SYS_fcntl, fd_, F_SETFL, flags_); }
  Unblocked(const Unblocked&) = delete;
  Unblocked& operator=(const Unblocked&) = delete;

 private:
  int fd_;
  long flags_;
};

long begin_connect(int fd, const sockaddr* address, socklen_t length) noexcept {
  Unblocked unblocked(fd);
  return kernel::call(SYS_connect, fd, address, length);
}

long finish_connect(Fiber& fiber, int fd) noexcept {
  Patience patience(fiber, fd, Writable, SO_SNDTIMEO);
  while (!descriptors::ready(patience.fd(), POLLOUT)) {
    const long error = patience.wait();
    if (error == -EAGAIN) return -EINPROGRESS;  // SO_SNDTIMEO: socket(7)
    if (error) return error;
  }
  int outcome = 0;
  socklen_t size = sizeof outcome;
  kernel::call(SYS_getsockopt, patience.fd(), SOL_SOCKET, SO_ERROR, &outcome, &size);
  return -outcome;
}

bool is_inet(const sockaddr* address, socklen_t length) noexcept {
  sa_family_t family;
  return length >= sizeof family && user::copy(&family, address, sizeof family) &&
         (family == AF_INET || family == AF_INET6);
}

}  // namespace

long accept(Fiber& fiber, int fd, sockaddr* address, socklen_t* length) noexcept {
  return accept_when_ready(fiber, fd, true, [&](int at) {
    return take(fiber, SYS_accept, at, address, length);
  });
}

long accept4(Fiber& fiber, int fd, sockaddr* address, socklen_t* length, int flags) noexcept {
  if (flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) return -EINVAL;
  return accept_when_ready(fiber, fd, !(flags & SOCK_NONBLOCK), [&](int at) {
    return take(fiber, SYS_accept4, at, address, length, flags);
  });
}

long connect(Fiber& fiber, int fd, const sockaddr* address, socklen_t length) noexcept {
  if (!is_inet(address, length) || !descriptors::is_private(fd) || !descriptors::blocking(fd))
    return in_place::perhaps(fiber, SYS_connect, Words(fd, address, length).words);
  const long result = begin_connect(fd, address, length);
  // -EALREADY: going on after a signal, or one begun before; the kernel's connect waits for that, too.
  return result == -EINPROGRESS || result == -EALREADY ? finish_connect(fiber, fd) : result;
}

long setsockopt(Fiber&, int fd, int level, int option, const void* value, socklen_t length) noexcept {
  const long result = kernel::call(SYS_setsockopt, fd, level, option, value, length);
  descriptors::option_set(fd, level, option);
  return result;
}

long socket(Fiber&, int family, int type, int protocol) noexcept {
  const long fd = kernel::call(SYS_socket, family, type, protocol);
  if (fd >= 0)
    descriptors::born(static_cast<int>(fd), (type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) == SOCK_STREAM,
                      !(type & SOCK_NONBLOCK));
  return fd;
}

}  // namespace unblock::calls
