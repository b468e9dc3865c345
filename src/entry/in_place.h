// Calls that wait where the loop cannot: the fiber sleeps in the kernel, its kernel thread with it.
#pragma once

#include <atomic>
#include <cstdint>

#include "fibers/carrier.h"
#include "fibers/fiber.h"
#include "kernel.h"

extern "C" [[gnu::visibility("hidden")]] long unblock_interruptible_short(
    long a, long b, long c, long d, const std::atomic<std::uint64_t>* attention, long nr);

namespace unblock::in_place {

namespace detail {

// Lets the watchdog see how long the call lasts; the count tells two calls of a number apart.
class Marked {
 public:
  Marked(Carrier& carrier, long nr) noexcept : carrier_(carrier) {
    carrier_.called_off.store(false, std::memory_order_relaxed);
    const auto count = static_cast<std::uint64_t>(++carrier_.calls);
    carrier_.call.store(count << 16 | static_cast<std::uint64_t>(nr + 1), std::memory_order_relaxed);
  }
  ~Marked() { carrier_.call.store(0, std::memory_order_relaxed); }
  Marked(const Marked&) = delete;
  Marked& operator=(const Marked&) = delete;

 private:
  Carrier& carrier_;
};

[[gnu::noinline]] void note_error(Fiber& fiber, long error) noexcept;

}  // namespace detail

/// Makes system call `nr`, which is expected to sleep: the processor goes to another carrier beforehand.
/// A signal for the fiber interrupts it. Returns the kernel's answer, with restart_if_asked for an
/// interrupted call that the kernel would restart for a handler with SA_RESTART.
long sleeping(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept;

/// Whether `fiber` may wait by sleeping() where it might also park: it has no deadline of its own, and the
/// others need neither its kernel thread nor its pace.
[[nodiscard]] bool may_sleep(const Fiber& fiber) noexcept;

/// Makes one that may sleep but mostly does not: the watchdog retakes the processor if it lasts.
long perhaps(Fiber& fiber, long nr, const long (&arguments)[6]) noexcept;

/// The same for a call of at most four arguments, inline: those are made most.
template <class... Args>
[[gnu::always_inline]] inline long perhaps_short(Fiber& fiber, long nr, Args... args) noexcept {
  const long words[4] = {kernel::word(args)...};
  const detail::Marked mark(*fiber.carrier, nr);
  const long result =
      unblock_interruptible_short(words[0], words[1], words[2], words[3], &fiber.signals.attention, nr);
  if (kernel::failed(result)) [[unlikely]]
    detail::note_error(fiber, result);
  return result;
}

/// Makes one that never sleeps.
long quick(long nr, const long (&arguments)[6]) noexcept;

/// Whether the call that `fiber` just made, and that gave restart_if_asked, was called off by the watchdog:
/// it is to be thought over, not to be made again. Once true, then false.
[[nodiscard]] bool called_off(Fiber& fiber) noexcept;

/// What a signal handler on this kernel thread does to a call of ours it interrupts, given the interrupted
/// instruction's address: the address to go on at, so that the call returns to be handled; or 0.
[[nodiscard]] unsigned long interrupted_at(unsigned long instruction) noexcept;

}  // namespace unblock::in_place
