// What a loop's epoll instance watches by edges, of which libev knows nothing.
#pragma once

#include <cstddef>

#include "runtime_limits.h"

struct epoll_event;

namespace unblock {

/// Which descriptors are to be watched by edges, how the kernel was asked to watch them, and which of them
/// have told of more than data. Belongs to the processor's holder, as the loop does.
class EdgeTriggers {
 public:
  ~EdgeTriggers();

  /// `fd` is to be watched by edges, or as libev does it. `reopened`: the number may name another file than
  /// it did. False if memory is out.
  [[nodiscard]] bool want(int fd, bool by_edge, bool reopened) noexcept {
    if (!some_ && !by_edge) [[likely]]  // most connections end before
      return true;
    return note(fd, by_edge, reopened);
  }

  /// epoll_ctl(2) for the instance `epfd`, by edges where that is wanted. Returns a negative error number if
  /// the kernel refuses.
  long control(int epfd, int operation, int fd, epoll_event* event) noexcept;

  /// epoll_wait(2) gave these `events`; none if `count` is negative. Notes which edges tell of more than
  /// data, and sees to it that libev reports them. True if none of all the events tells of more.
  bool sift(epoll_event* events, int count) noexcept;

  /// Whether `fd`, watched by edges, has told of more than data.
  [[nodiscard]] bool ended(int fd) const noexcept {
    if (!some_ended_) [[likely]]
      return false;
    const State* state = find(fd);
    return state && state->ended;
  }

 private:
  struct State {
    bool wanted;  // by edges
    bool asked;   // the kernel was, for it by edges
    bool ended;
  };

  [[nodiscard]] State* find(int fd) const noexcept;
  [[nodiscard]] bool note(int fd, bool by_edge, bool reopened) noexcept;

  bool some_ = false;  // were ever wanted by edges
  bool some_ended_ = false;
  State* chunks_[limits::max_descriptors / limits::descriptor_chunk] = {};
};

}  // namespace unblock
