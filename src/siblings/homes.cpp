// The listeners of an iterative server.
#include "siblings/homes.h"

#include <algorithm>
#include <fcntl.h>
#include <sys/socket.h>

#include "kernel.h"
#include "runtime_limits.h"

namespace unblock::homes {

namespace {

struct State {
  int fds[limits::home_listeners] = {};
  std::size_t count = 0;
  int told_of = -1;  // last
};

constinit State state;

}  // namespace

bool listens(int fd) noexcept {
  int answer = 0;
  socklen_t size = sizeof answer;
  return kernel::call(SYS_getsockopt, fd, SOL_SOCKET, SO_ACCEPTCONN, &answer, &size) == 0 && answer &&
         !(kernel::call(SYS_fcntl, fd, F_GETFL) & O_NONBLOCK);
}

bool has(int fd) noexcept {
  int* const end = state.fds + state.count;
  return std::find(state.fds, end, fd) != end;
}

bool add(int fd) noexcept {
  if (has(fd)) return true;
  if (!listens(fd)) return false;
  if (state.count < limits::home_listeners) state.fds[state.count++] = fd;
  return has(fd);
}

int any() noexcept { return state.fds[0]; }

void closed(int fd) noexcept {
  state.count = static_cast<std::size_t>(std::remove(state.fds, state.fds + state.count, fd) - state.fds);
}

// Another flow may be faster at the second: who went there would wait at home, and nobody at the first.
long keep_one(const HomeCall& call) noexcept {
  int first = -1, next = -1;
  static_cast<void>(call.any_ready([&](int fd) {
    if (has(fd) && first < 0) first = fd;
    if (has(fd) && next < 0 && fd > state.told_of) next = fd;
    return false;
  }));
  state.told_of = next < 0 ? first : next;
  long withheld = 0;
  static_cast<void>(call.any_ready([&](int fd) {
    if (has(fd) && fd != state.told_of) withheld += call.withhold(fd);
    return false;
  }));
  return withheld;
}

void forget() noexcept { state = {}; }

}  // namespace unblock::homes
