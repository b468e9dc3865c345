// What the scheduler needs of an event loop. libev implements it; tests crank one by hand.
#pragma once

#include "clock.h"

namespace unblock {

/// Readiness, as asked for and as reported.
enum Readiness : unsigned {
  Readable = 1,
  Writable = 2,
  Urgent = 4,      ///< POLLPRI
  PeerClosed = 8,  ///< POLLRDHUP
  Failed = 16,     ///< POLLERR, POLLHUP: for those who ask for nothing else
  Unusual = Urgent | PeerClosed | Failed,
  Edges = 32,  ///< asked for: report Readable each time that more comes, not for as long as there is some
  Ended = 64,  ///< reported of such a one: there is more to it now than data
  Inexact = 128,  ///< reported: there may be more to say, of it or of others that became ready with it
};

/// Whom the loop tells.
class EventSink {
 public:
  /// Descriptor `fd`, armed for `wanted`, is ready for `events`. Called from poll() only. An `fd` the
  /// kernel refuses to watch is reported as ready: the call that follows will say why.
  virtual void ready(int fd, unsigned events) noexcept = 0;

  /// `soon` is to be reported after a few others, and `later`, unless negative, after some more. A hint.
  virtual void expect(int soon, int later) noexcept {
    static_cast<void>(soon);
    static_cast<void>(later);
  }

  /// Around the kernel's wait in poll(): arm() may be called by others meanwhile.
  virtual void about_to_wait() noexcept {}
  virtual void waited() noexcept {}

 protected:
  ~EventSink() = default;
};

/// One processor's loop. One thread at a time, save for wake(); and poll() is no use of it while it waits.
class EventLoop {
 public:
  /// Gives back all that it has.
  virtual ~EventLoop() = default;

  /// Watches `fd` for `events` (0: for nothing) from the next poll() on: level-triggered, unless with Edges,
  /// but Unusual ones are reported once and must be armed again. What is ready by then is reported in any
  /// case. `reopened` says that the number may name another file since it was last armed. False if memory is
  /// out.
  virtual bool arm(int fd, unsigned events, bool reopened) noexcept = 0;

  /// Reports what is ready to `sink`, waiting until `deadline` (0: not at all; never: until wake() or an
  /// event) for something to be. May return early.
  virtual void poll(Nanoseconds deadline, EventSink& sink) noexcept = 0;

  /// Makes the present poll() return, or else the next. Any thread, async-signal-safe.
  virtual void wake() noexcept = 0;

  /// Puts what it waits by into `epfd`, an epoll instance that becomes ready when poll() would find
  /// something. For as long as there is one.
  virtual void show_in(int epfd) noexcept { static_cast<void>(epfd); }

  /// Something is to be found by then, too. Nothing for `never`.
  virtual void expect(Nanoseconds deadline) noexcept { static_cast<void>(deadline); }

  /// In a fork's child: lets go of what is shared with the parent, and does nothing more.
  virtual void abandon() noexcept = 0;
};

}  // namespace unblock
