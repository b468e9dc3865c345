// Waiting for descriptors, signals and children.
#pragma once

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.hpp"

namespace unblock {

namespace detail {

/// What is left until the thread's deadline; null if it has none.
[[nodiscard]] inline const timespec* time_left(timespec& storage) noexcept {
  if (deadline::current() == clock::time_point::max()) return nullptr;
  const auto left = std::max(deadline::current() - clock::now(), clock::duration::zero());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  storage = {seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
  return &storage;
}

/// Repeats `call(time left)` as long as signals interrupt it.
template <class Call>
auto uninterrupted(Call call) {
  for (;;) {
    timespec storage;
    const auto result = call(time_left(storage));
    if (result != -1 || errno != EINTR) return result;
  }
}

}  // namespace detail

/// Waits until `fd` is ready for some of `events` (POLLIN, POLLOUT, ...); returns for which, as poll(2) reports
/// them, errors included. Throws timed_out at the caller's deadline.
inline short wait_fd(int fd, short events) {
  pollfd entry{fd, events, 0};
  const int ready =
      check(detail::uninterrupted([&](const timespec* left) { return ppoll(&entry, 1, left, nullptr); }), "poll");
  if (ready == 0) throw timed_out();
  return entry.revents;
}

/// Waits for one of the signals of `set`, which the caller's threads block: sigwaitinfo(2). Throws timed_out at
/// the caller's deadline.
inline siginfo_t wait_signal(const sigset_t& set) {
  siginfo_t info;
  const int signal =
      detail::uninterrupted([&](const timespec* left) { return sigtimedwait(&set, &info, left); });
  if (signal == -1 && errno == EAGAIN) throw timed_out();
  check(signal, "sigtimedwait");
  return info;
}

/// Waits for the end of child `pid`; returns its status as waitpid(2) does. Throws timed_out at the caller's
/// deadline, std::system_error with ECHILD if it is no child.
inline int wait_child(pid_t pid) {
  struct Descriptor {
    int fd;
    ~Descriptor() {
      if (fd >= 0) close(fd);
    }
  } child{static_cast<int>(syscall(SYS_pidfd_open, pid, 0))};
  // Without one, which takes Linux 5.3, nobody else is kept waiting either.
  if (child.fd >= 0) wait_fd(child.fd, POLLIN);
  int status = 0;
  check(detail::uninterrupted([&](const timespec*) { return waitpid(pid, &status, 0); }), "waitpid");
  return status;
}

}  // namespace unblock
