// Calls of libev and of the runtime itself.
#include "own_calls.h"

#include <cerrno>
#include <ctime>
#include <dlfcn.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <sys/types.h>

#include "descriptors/descriptors.h"
#include "kernel.h"
#include "next.h"
#include "serve.h"
#include "waits/edge_triggers.h"
#include "waits/libev_loop.h"

namespace unblock {

namespace {

using ClockGettime = int(clockid_t, timespec*);

int ask_kernel(clockid_t clock, timespec* time) {
  return static_cast<int>(kernel::call(SYS_clock_gettime, clock, time));
}

constinit ClockGettime* clock_gettime_of_libc = ask_kernel;

// libev goes by errno.
template <class... Args>
int made(long nr, Args... args) noexcept {
  return static_cast<int>(hooks::to_errno(kernel::call(nr, args...)));
}

}  // namespace

void own_calls::look_up() noexcept {
  static constinit real::Next<void*(const char*, int)> open("dlopen");
  void* libc = open("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
  if (!libc) return;
  if (void* found = dlsym(libc, "clock_gettime"))
    clock_gettime_of_libc = reinterpret_cast<ClockGettime*>(found);
  dlclose(libc);
}

}  // namespace unblock

using namespace unblock;

// A call of `name` becomes one of __wrap_name: ld(1).
extern "C" {

int __wrap_clock_gettime(clockid_t clock, timespec* time) { return clock_gettime_of_libc(clock, time); }

int __wrap_gettimeofday(timeval* time, void* zone) { return made(SYS_gettimeofday, time, zone); }

ssize_t __wrap_read(int fd, void* data, size_t size) { return made(SYS_read, fd, data, size); }

ssize_t __wrap_write(int fd, const void* data, size_t size) { return made(SYS_write, fd, data, size); }

int __wrap_epoll_wait(int epfd, epoll_event* events, int count, int milliseconds) {
  const int found = made(SYS_epoll_wait, epfd, events, count, libev::timeout(milliseconds));
  libev::found(events, found, count);
  return found;
}

// The loop's own descriptors are not to be seen by the program.

int __wrap_epoll_create1(int flags) {
  const int hidden = descriptors::hide(made(SYS_epoll_create1, flags));
  if (libev::inside()) libev::made_backend(hidden);
  return hidden;
}

int __wrap_eventfd(unsigned value, int flags) { return descriptors::hide(made(SYS_eventfd2, value, flags)); }

int __wrap_close(int fd) {
  // libev makes its epoll instance anew when the kernel reports a file that was closed under one of several
  // descriptors.
  descriptors::show(fd);
  return made(SYS_close, fd);
}

int __wrap_epoll_ctl(int epfd, int operation, int fd, epoll_event* event) {
  EdgeTriggers* edges = libev::edges();
  if (!edges) return made(SYS_epoll_ctl, epfd, operation, fd, event);
  const long result = edges->control(epfd, operation, fd, event);
  if (result == -EBADF) libev::refused(fd);
  return result == -EBADF ? 0 : static_cast<int>(hooks::to_errno(result));
}
}
