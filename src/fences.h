// Two kernel threads that each say something and then look at what the other said: at least one of them must
// see it, so both need a full fence in between. Where one side does that all the time and the other hardly
// ever, the latter makes the kernel fence all the former's processors, and the former pays nothing:
// membarrier(2).
#pragma once

#include <atomic>

namespace unblock::fences {

namespace detail {
extern std::atomic<bool> one_sided;
}

/// Asks the kernel for fences by command. Without them both sides fence. While the process has one kernel
/// thread this takes the kernel no time. Any thread.
void prepare() noexcept;

/// The side that is taken often: what it stored before is seen by who calls heavy() now, or what it loads
/// after is what that one stored before. Async-signal-safe.
[[gnu::always_inline]] inline void light() noexcept {
  if (detail::one_sided.load(std::memory_order_relaxed)) [[likely]]
    std::atomic_signal_fence(std::memory_order_seq_cst);
  else
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

/// The other side. False if the kernel refuses all of a sudden: there was no fence, and it may be tried again
/// in a while. Any kernel thread of the process; async-signal-safe.
[[nodiscard]] bool heavy() noexcept;

/// The same for who cannot try again: where the kernel refuses, returns when those who did not fence have long
/// gone on.
void heavy_or_wait() noexcept;

}  // namespace unblock::fences
