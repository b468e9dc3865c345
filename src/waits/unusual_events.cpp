// Urgent data, hang-ups and errors.
#include "waits/unusual_events.h"

#include <cerrno>
#include <sys/epoll.h>

#include "descriptors/descriptors.h"
#include "kernel.h"

namespace unblock {

bool UnusualEvents::open() noexcept {
  epoll_ = descriptors::hide(static_cast<int>(kernel::call(SYS_epoll_create1, EPOLL_CLOEXEC)));
  return epoll_ >= 0;
}

void UnusualEvents::arm(int fd, unsigned events) noexcept {
  if (!events) {
    kernel::call(SYS_epoll_ctl, epoll_, EPOLL_CTL_DEL, fd, nullptr);
    return;
  }
  epoll_event event{};
  // The kernel reports EPOLLERR and EPOLLHUP unasked.
  event.events = EPOLLONESHOT | (events & Urgent ? EPOLLPRI : 0u) | (events & PeerClosed ? EPOLLRDHUP : 0u);
  event.data.fd = fd;
  if (kernel::call(SYS_epoll_ctl, epoll_, EPOLL_CTL_MOD, fd, &event) == -ENOENT)
    kernel::call(SYS_epoll_ctl, epoll_, EPOLL_CTL_ADD, fd, &event);
}

void UnusualEvents::report(EventSink& sink) noexcept {
  constexpr int most = 64;
  epoll_event events[most];
  const long count = kernel::call(SYS_epoll_wait, epoll_, events, most, 0);
  for (long i = 0; i < count; ++i) {
    const unsigned seen = events[i].events;
    const unsigned fired = (seen & EPOLLPRI ? Urgent : 0u) | (seen & EPOLLRDHUP ? PeerClosed : 0u);
    sink.ready(events[i].data.fd, seen & (EPOLLERR | EPOLLHUP) ? static_cast<unsigned>(Unusual) : fired);
  }
}

}  // namespace unblock
