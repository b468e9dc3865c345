// Locks that are not free.
#include "lock.h"

#include <ctime>
#include <linux/futex.h>

#include "kernel.h"
#include "runtime_limits.h"

namespace unblock {

void Lock::lock_slowly() noexcept {
  for (int spins = 0; spins < 100; ++spins) {
    if (try_lock()) return;
    __builtin_ia32_pause();
  }
  constexpr timespec a_while{0, limits::preempted_leaving_us * 1000L};
  sleepers_.fetch_add(1, std::memory_order_relaxed);
  // B: who frees it from now on sees the sleeper, or we see it free; matches A in unlock(). The kernel looks
  // at the word once more. Without the fence nobody may wake us.
  const bool seen = fences::heavy();
  while (!try_lock()) {
    if (seen)
      kernel::call(SYS_futex, &word_, FUTEX_WAIT_PRIVATE, static_cast<std::uint32_t>(held), nullptr);
    else
      kernel::call(SYS_nanosleep, &a_while, nullptr);
  }
  sleepers_.fetch_sub(1, std::memory_order_relaxed);
}

void Lock::wake() noexcept { kernel::call(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, 1); }

}  // namespace unblock
