// SCM_RIGHTS of unix(7), and pidfd_getfd(2).
#include "received_descriptors.h"

#include "handlers.h"
#include "kernel.h"
#include "signals/signals.h"

namespace unblock::calls {

namespace {

void look_at_each(const char* data, std::size_t bytes) noexcept {
  for (std::size_t at = 0; at + sizeof(int) <= bytes; at += sizeof(int)) {
    int fd;
    if (user::copy(&fd, data + at, sizeof fd)) signals::look_at_descriptor(fd);
  }
}

}  // namespace

void detail::look_at_received(const msghdr* message) noexcept {
  msghdr copy;
  if (!user::copy(&copy, message, sizeof copy)) return;
  const auto* control = static_cast<const char*>(copy.msg_control);
  cmsghdr header;
  for (std::size_t at = 0; at + sizeof header <= copy.msg_controllen; at += CMSG_ALIGN(header.cmsg_len)) {
    if (!user::copy(&header, control + at, sizeof header)) return;
    if (header.cmsg_len < sizeof header || header.cmsg_len > copy.msg_controllen - at) return;
    if (header.cmsg_level == SOL_SOCKET && header.cmsg_type == SCM_RIGHTS)
      look_at_each(control + at + sizeof header, header.cmsg_len - sizeof header);
  }
}

long pidfd_getfd(Fiber&, int pidfd, int fd, unsigned flags) noexcept {
  const long result = kernel::call(SYS_pidfd_getfd, pidfd, fd, flags);
  if (result >= 0) signals::look_at_descriptor(static_cast<int>(result));
  return result;
}

}  // namespace unblock::calls
