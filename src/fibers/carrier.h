// A carrier: a kernel thread that runs fibers.
#pragma once

#include <atomic>
#include <cstdint>
#include <sys/types.h>

#include "clock.h"
#include "fences.h"
#include "fibers/context.h"
#include "runtime_limits.h"

namespace unblock {

struct Fiber;
class Processor;

/// How a carrier stands to its processor. Only the carrier itself, and who gives it one, says so.
enum class Claim : std::uint32_t {
  None,     ///< has none: it is spare, or its fiber goes on as an ordinary kernel thread
  Outside,  ///< has one, and runs the program's code: may be retaken
  Inside,   ///< has one, and is in the runtime
};

/// Whether the watchdog takes a carrier's processor away. It asks, and looks at the claim; a fiber that
/// enters the runtime claims, and looks whether it is asked for: fences.h. If each sees the other, whoever is
/// first to change Asked has the processor.
enum class Retake : std::uint32_t { No, Asked, Done };

/// One kernel thread. Its own flow, the idle loop, has a small stack and TLS block that glibc does not
/// know of, so that it is not one of the program's threads. Reused, never freed.
struct alignas(limits::cache_line) Carrier {
  Context context;  ///< the idle loop's
  std::atomic<Claim> claim{Claim::None};
  std::atomic<Retake> retake{Retake::No};
  Processor* processor = nullptr;           ///< valid unless claim is None
  Context* leaving = nullptr;               ///< whose stack pointer the next flow to run here saves
  Fiber* leaver = nullptr;                  ///< the fiber it belongs to; null: the idle loop
  Fiber* running = nullptr;                 ///< null: the idle loop
  std::atomic<const Fiber*> owner{nullptr};  ///< whose own it is, for computing: own_thread.h
  std::atomic<std::uint32_t> woken{0};       ///< futex: set when the owner, who waits, was woken
  std::atomic<int> short_runs{0};            ///< of the owner between its waits, one after the other
  std::atomic<std::uint64_t> waited{0};      ///< cycle counter at the end of its last wait
  Fiber* next_fiber = nullptr;               ///< for the idle loop to run
  std::atomic<Nanoseconds> alone_since{0};  ///< its CPU time when its fiber lost the processor; 0: not so
  std::atomic<std::uint64_t> call{0};  ///< a system call in progress: a count above its number + 1; 0: none
  std::uint32_t calls = 0;             ///< that count
  std::atomic<bool> called_off{
      false};  ///< that call is to return and be thought over: in_place::called_off()

  std::atomic<std::uint32_t> work{0};  ///< futex: set when a processor was given to this spare
  std::atomic<pid_t> ktid{0};          ///< the kernel's id of it; zeroed by the kernel when it ended
  bool first = false;                  ///< a kernel thread of the program's: never ends
  bool reserved = false;               ///< for one fiber, whose own it is; holds no processor
  bool keep = false;              ///< something is bound to this kernel thread: it does not end when idle
  Carrier* next = nullptr;        ///< in the list of spares, or of ended ones
  Carrier* following = nullptr;   ///< in the list of all
  unsigned credentials = 0;       ///< the generation of the process' ids that it has
  unsigned credential_round = 0;  ///< the last change of them that was made on it
  void* stack = nullptr;          ///< lowest byte of the idle loop's stack
  void* fault_stack = nullptr;    ///< where faults are handled: sigaltstack(2)

  /// Whether the fiber here goes on as an ordinary kernel thread, without a processor. By that fiber it may
  /// be lost at the next moment, by others it is a hint.
  [[nodiscard]] bool alone() const noexcept {
    return claim.load(std::memory_order_relaxed) == Claim::None ||
           retake.load(std::memory_order_relaxed) == Retake::Done;
  }

  /// The number of the system call in progress; -1: none.
  [[nodiscard]] long in_call() const noexcept {
    return static_cast<long>(call.load(std::memory_order_relaxed) & 0xffff) - 1;
  }

  /// The calling kernel thread, this one, wants the processor it left with Claim::Outside. False if it has
  /// none, or has none any more.
  [[nodiscard]] bool enter() noexcept {
    if (claim.load(std::memory_order_relaxed) == Claim::None) return false;
    claim.store(Claim::Inside, std::memory_order_relaxed);
    fences::light();
    return retake.load(std::memory_order_relaxed) == Retake::No || keeps();
  }

  /// Takes away the processor it has now, which the caller is to give to another. Null if it is not Outside.
  /// The watchdog.
  [[nodiscard]] Processor* lose() noexcept;

 private:
  bool keeps() noexcept;
};

namespace carriers {

/// Makes the calling kernel thread the first carrier, its flow the fiber `main`, which holds `processor`.
/// False if there is no memory.
[[nodiscard]] bool adopt(Fiber& main, Processor& processor) noexcept;

/// Makes the calling kernel thread, which others run beside, a carrier of its own for its flow, the fiber
/// `founder`: it runs as if it had lost its processor, `home`, and once it waits, this kernel thread sleeps
/// until call_home(). Null if there is no memory.
[[nodiscard]] Carrier* adopt_reserved(Fiber& founder, Processor& home) noexcept;

/// Lets `fiber`, which is about to leave where it runs, go on at `own`, where nothing runs.
void call_home(Carrier& own, Fiber& fiber) noexcept;

/// The founder that `own` was reserved for goes on there as an ordinary thread.
void release_reserved(Carrier& own) noexcept;

/// Gives `processor`, which nobody holds, to a spare carrier, made if need be. False if the kernel has no
/// thread for us; the caller keeps the processor then. Any kernel thread.
[[nodiscard]] bool give(Processor& processor) noexcept;

/// The same for the first carrier, which has none. Returns once it has been given.
void give_to_first(Processor& processor) noexcept;

/// Ends all carriers of ours, on none of which the caller runs, the only fiber left; returns when they have.
void end_others() noexcept;

/// Calls `visit(carrier)` for every carrier there ever was.
template <class Visit>
void each(Visit&& visit) noexcept;

/// Forgets all carriers: for a fork's child.
void forget_all() noexcept;

namespace detail {
extern std::atomic<Carrier*> all;
}

template <class Visit>
void each(Visit&& visit) noexcept {
  for (Carrier* carrier = detail::all.load(std::memory_order_acquire); carrier; carrier = carrier->following)
    visit(*carrier);
}

}  // namespace carriers
}  // namespace unblock
