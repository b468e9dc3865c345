// Fences by command of the kernel.
#include "fences.h"

#include <ctime>
#include <linux/membarrier.h>

#include "kernel.h"
#include "runtime_limits.h"

namespace unblock::fences {

constinit std::atomic<bool> detail::one_sided{false};

void prepare() noexcept {
  if (kernel::call(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0)
    detail::one_sided.store(true, std::memory_order_relaxed);
}

bool heavy() noexcept {
  if (!detail::one_sided.load(std::memory_order_relaxed)) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return true;
  }
  if (kernel::call(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0) return true;
  // A filter of system calls, most likely. Whoever is between its store and its load yet did not fence.
  detail::one_sided.store(false, std::memory_order_seq_cst);
  return false;
}

void heavy_or_wait() noexcept {
  constexpr timespec a_while{0, limits::preempted_leaving_us * 1000L};
  if (!heavy()) kernel::call(SYS_nanosleep, &a_while, nullptr);
}

}  // namespace unblock::fences
