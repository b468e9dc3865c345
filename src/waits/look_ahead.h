// What a loop is about to report, for those who would rather know a little earlier.
#pragma once

#include "runtime_limits.h"
#include "waits/event_loop.h"

struct epoll_event;

namespace unblock {

/// The descriptors that one look at the kernel found, in the order in which libev reports them: from the last
/// to the first. A hint, and nothing where few are ready: what they touch is in the cache.
class LookAhead {
 public:
  /// epoll_wait(2) gave these `events`; none if `count` is negative.
  void found(const epoll_event* events, int count) noexcept;

  /// One is being reported: has `sink` expect those that follow.
  void next(EventSink& sink) noexcept {
    if (left_ <= limits::expected_soon) [[likely]]
      return;
    --left_;
    const int later = left_ >= limits::expected_later ? found_[left_ - limits::expected_later] : -1;
    sink.expect(found_[left_ - limits::expected_soon], later);
  }

 private:
  int left_ = 0;
  int found_[limits::looked_ahead];
};

}  // namespace unblock
