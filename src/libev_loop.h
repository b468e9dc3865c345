// The event loop that libev drives.
#pragma once

#include "event_loop.h"

namespace unblock {

/// A new loop on epoll, with descriptors that the program does not see. Never freed. Null if the kernel has
/// no descriptors or memory for it.
[[nodiscard]] EventLoop* make_libev_loop() noexcept;

namespace libev {
/// True while the calling flow is in one of our loops: descriptors it makes are to be hidden.
[[nodiscard]] bool inside() noexcept;
}  // namespace libev

}  // namespace unblock
