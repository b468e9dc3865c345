// The readiness that libev has no name for: urgent data, a peer that will send no more, a broken connection.
#pragma once

#include "waits/event_loop.h"

namespace unblock {

/// An epoll instance of its own, itself watched by the loop. Each watch fires once: it costs a call to set it
/// again, and nothing where it never fires. Belongs to the processor's holder.
class UnusualEvents {
 public:
  /// Makes the instance, hidden from the program. False if the kernel has no descriptor for it.
  [[nodiscard]] bool open() noexcept;
  [[nodiscard]] int descriptor() const noexcept { return epoll_; }

  /// Watches `fd` for `events` (of Unusual; 0: no more). Errors are left to the call that will see them.
  void arm(int fd, unsigned events) noexcept;

  /// Reports what has fired to `sink`.
  void report(EventSink& sink) noexcept;

 private:
  int epoll_ = -1;
};

}  // namespace unblock
