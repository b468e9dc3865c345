// The event loop that libev drives.
#pragma once

#include "waits/event_loop.h"

struct epoll_event;

namespace unblock {

class EdgeTriggers;

/// A new loop on epoll, with descriptors that the program does not see. Null if the kernel has
/// no descriptors or memory for it.
[[nodiscard]] EventLoop* make_libev_loop() noexcept;

namespace libev {
/// True while the calling flow is in one of our loops: descriptors it makes are to be hidden.
[[nodiscard]] bool inside() noexcept;

/// libev has made its epoll instance, for the first time or anew.
void made_backend(int fd) noexcept;

/// The kernel refused to watch `fd` for the loop that the caller is in, since it was closed behind our back.
/// libev would end the process; instead it is told that all is well, and the loop reports `fd` as ready.
void refused(int fd) noexcept;

/// The kernel told the loop that the caller is in, if it is in one, of these, of at most `most`; none if
/// `count` is negative.
void found(epoll_event* events, int count, int most) noexcept;

/// What the loop that the caller is in watches by edges: has a say in what libev asks the kernel. Null if it
/// is in none.
[[nodiscard]] EdgeTriggers* edges() noexcept;

/// For how long to wait where libev would wait for `milliseconds`: it ends a wait without a deadline once a
/// minute, for which the kernel starts and stops a timer at each.
[[nodiscard]] int timeout(int milliseconds) noexcept;
}  // namespace libev

}  // namespace unblock
