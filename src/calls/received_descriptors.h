// Descriptors that come from another process: some of them concern more than who reads them.
#pragma once

#include <sys/socket.h>

#include "user.h"

namespace unblock::calls {

namespace detail {
void look_at_received(const msghdr* message) noexcept;
}

/// A recvmsg(2) into `message` gave `result`: looks at the descriptors that came with it. Cheap if none did.
inline void note_received(const msghdr* message, long result) noexcept {
  std::size_t control;
  if (result >= 0 && user::load(&message->msg_controllen, control) && control) [[unlikely]]
    detail::look_at_received(message);
}

/// The same for a recvmmsg(2), which gives the number of messages.
inline void note_received(const mmsghdr* messages, long result) noexcept {
  for (long i = 0; i < result; ++i) note_received(&messages[i].msg_hdr, 0);
}

}  // namespace unblock::calls
