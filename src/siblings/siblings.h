// Siblings: concurrency for an iterative server, which accepts a connection, serves it, closes it, comes
// back.
//
//     principal ── accept ── c ─┬─ serve(c) ── close ── accept: takes the place of who waits here
//                               │
//                               └─ (a copy of the flow) ── accept ── d ─┬─ serve(d) ── ...
//                                                                       └─ ...
//
// The call it comes back to, accept or a poll with the listener in it, is its home. The principal waits
// there; when it is to leave with a connection its flow divides: one copy stays and is the principal from
// then on, the other serves. When that comes home it is the principal, and the flow that waited there is
// over. The principal's fiber is the thread's own, the main one: signals for the process find it at home.
// Everything here runs on the one processor that has the stack.
#pragma once

#include "entry/edge.h"
#include "fibers/fiber.h"
#include "siblings/home_call.h"
#include "siblings/slices.h"

namespace unblock::siblings {

namespace detail {
extern bool wanted;
extern bool founded;
extern int serving;
void closed(int fd) noexcept;
}

/// At load, before the gate is covered: whether connections are to be served by siblings (--iterative).
void prepare() noexcept;
[[nodiscard]] inline bool wanted() noexcept { return detail::wanted; }

/// Whether there is a principal: then one processor is all there is.
[[nodiscard]] inline bool founded() noexcept { return detail::founded; }

/// Whether anybody but the principal is there.
[[nodiscard]] inline bool several() noexcept { return detail::serving != 0; }

/// Whether the kernel thread that `fiber` is on must keep its processor, since the stack is not to be left to
/// another one.
[[nodiscard]] inline bool keeps_processor(const Fiber& fiber) noexcept { return fiber.sibling && several(); }

/// The fiber whose thread `fiber` is: what the kernel knows it by.
[[nodiscard]] inline Fiber& thread_of(Fiber& fiber) noexcept {
  return fiber.sibling ? fiber.sibling->thread : fiber;
}

/// Before activation: activates if the call is one in which a server waits for connections.
void gate(const HomeCall& call) noexcept;

/// A fiber is about to make such a call: a sibling that has done its round is at home. 0 or -EINTR.
long come(const HomeCall& call) noexcept;

/// It has returned with `result`: divides the flow if it leaves with a connection, and with one only. True in
/// the copy that stays.
[[nodiscard]] bool depart(const HomeCall& call, long& result, Nanoseconds deadline) noexcept;

/// The caller leaves that call.
void leave_home() noexcept;

/// `call()`, which answers call `nr`, made by a server that may be at home in it. Returns more than once.
template <class Sets, class Call>
long at_home(const HomeCall& home, Call&& call) {
  for (;;) {
    const Sets sets(home);
    long result = come(home);
    const Nanoseconds deadline = home.deadline();
    if (result == 0) result = call();
    if (result < 0 || !depart(home, result, deadline)) {
      leave_home();
      return result;
    }
    sets.restore();
  }
}

template <class Call>
[[gnu::noinline]] long serve_at_home(long nr, const long (&words)[6], Call&& call) {
  const HomeCall home(nr, words);
  return home.selects() ? at_home<HomeCall::Sets>(home, call) : at_home<HomeCall::NoSets>(home, call);
}

/// `call()` for everybody: only those who may be at home need the room on the stack that it takes.
template <class Call>
long serve(long nr, const long (&words)[6], Call&& call) {
  if (!wanted() || !HomeCall::is(nr)) [[likely]]
    return call();
  return serve_at_home(nr, words, call);
}

/// Whether `fd` was there before the first connection: what is said on it is not to be mixed with what others
/// say.
[[nodiscard]] bool share(int fd) noexcept;

/// Until it is gone, `fiber`, if it is a sibling and `wanted`, lets no other run while it waits.
class Undivided {
 public:
  explicit Undivided(Fiber& fiber, bool wanted = true) noexcept : sibling_(wanted ? fiber.sibling : nullptr) {
    if (sibling_) ++sibling_->undivided;
  }
  ~Undivided() {
    if (sibling_) --sibling_->undivided;
  }
  Undivided(const Undivided&) = delete;
  Undivided& operator=(const Undivided&) = delete;

 private:
  Sibling* sibling_;
};

/// Until it is gone, `fiber` is not at home even if it waits there: it runs a signal handler, which may wait.
class Away {
 public:
  explicit Away(const Fiber& fiber) noexcept;
  ~Away();
  Away(const Away&) = delete;
  Away& operator=(const Away&) = delete;

 private:
  bool was_at_home_;
};

/// Whether somebody has come home to take the place of `fiber`, which is to wait no more.
[[nodiscard]] bool superseded(const Fiber& fiber) noexcept;
/// The call of `fiber` was interrupted: if it is superseded, never returns.
void interrupted(Fiber& fiber) noexcept;

/// `fd` is about to be closed by the calling fiber, or to name another file.
inline void closed(int fd) noexcept {
  if (founded()) detail::closed(fd);
}

/// The program starts a thread: no more siblings.
void thread_starts() noexcept;

/// In a fork's child, whose one flow may be a server of its own.
void forget() noexcept;

}  // namespace unblock::siblings
