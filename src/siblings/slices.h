// The stack that siblings share: whose slice lies in it, and where those of the others are kept.
//
//      main's stack                              kept slices
//     ┌──────────────────┐ base: where main() was called from
//     │ main: the loop   │
//     │ serve()          │   put away  ──────>  [ sp of A, base )
//     │ read()           │   bring back <─────  [ sp of B, base )
//     └──────────────────┘ sp of the one that is seated
//
// Siblings have the same stack addresses, so that pointers into the stack stay right, and one TLS block: of
// that, errno and the C++ runtime's account of exceptions go with the slice. Who copies is on another stack,
// the carrier's. Nothing that others point to may lie in a slice: waiters are in control blocks.
#pragma once

#include <cstddef>
#include <cstdint>

#include "fibers/fiber.h"
#include "memory/blocks.h"

namespace unblock {

/// What the Itanium C++ ABI keeps for a thread: __cxa_get_globals().
struct ExceptionGlobals {
  void* caught;
  unsigned uncaught;
};

/// What makes a fiber a sibling: its part of the thread and the stack that it shares.
struct Sibling {
  Sibling(Fiber& self, Fiber& owner) noexcept : fiber(&self), thread(owner) {}

  Fiber* fiber;                   ///< whose this is
  Fiber& thread;                  ///< the fiber whose thread they all are
  Fiber* copy_of = nullptr;       ///< until it first runs: whose slice, seated now, is its own, too
  blocks::Block kept;             ///< its slice while it is not seated
  std::size_t size = 0;           ///< bytes of it
  int error_number = 0;           ///< errno while it is not seated
  ExceptionGlobals exceptions{};  ///< likewise
  blocks::Block variables;        ///< its own pages of the program's: private_globals.h
  Nanoseconds rings_at = 0;       ///< when its alarm rings; 0: it is not set
  Nanoseconds alarm_interval = 0;
  Sibling* next_alarm = nullptr;
  unsigned undivided = 0;  ///< while it waits now, no other may run: it is in the middle of something
  int connection = -1;     ///< the one it serves, until it is closed
  bool accepted = false;   ///< has taken its connection
};

namespace slices {

namespace detail {
extern Fiber* seated;
[[nodiscard]] bool must_stay(const Sibling& sibling) noexcept;
}

/// Makes `thread`, the calling fiber, the first sibling on this stack. False, with nothing done, if this is
/// not the stack that main() runs on, or there is no memory.
[[nodiscard]] bool found(Fiber& thread) noexcept;

/// Makes `fiber`, which is new, a sibling of `original`. False if there is no memory.
[[nodiscard]] bool join(Fiber& fiber, Fiber& original) noexcept;

/// `fiber` has ended: its part is given back. Nothing for one that is no sibling.
void leave(Fiber& fiber) noexcept;

/// Whether `fiber` can go on where it is: it is no sibling, or its slice is in place.
[[nodiscard]] inline bool in_place(const Fiber& fiber) noexcept {
  return !fiber.sibling || detail::seated == &fiber;
}

/// Whoever is seated will not go on: its slice need not be put away.
void abandon() noexcept;

/// Puts the slice of `fiber`, which is about to run, in place of who is seated. Not from that stack.
void seat(Fiber& fiber) noexcept;

/// Whether the running sibling cannot make room for others now: it is in the middle of something they share,
/// or on another stack than theirs (a signal's, one of its own).
[[nodiscard]] inline bool stays(const Fiber& fiber) noexcept {
  return fiber.sibling && detail::must_stay(*fiber.sibling);
}

/// Waits until `fiber`, which stays, is woken: the event loop runs, the others do not. The processor is held.
void wait_alone(Fiber& fiber) noexcept;

/// The calling sibling goes on as `fiber`, whose own flow is over, and gives up the control block it had.
void go_on_as(Fiber& fiber) noexcept;

/// In a fork's child, which has one flow: there is nobody to share with.
void forget() noexcept;

}  // namespace slices
}  // namespace unblock
