// The limit as the program set it last, and what the kernel has of the user's: proc_pid_status(5).
#include "signals/pending_limit.h"

#include <algorithm>
#include <atomic>
#include <sys/resource.h>

#include "kernel.h"
#include "proc_text.h"
#include "runtime_limits.h"

namespace unblock::pending_limit {

namespace {

constexpr rlim_t unknown = RLIM_INFINITY - 1;

constinit std::atomic<rlim_t> known{unknown};
constinit std::atomic<rlim_t> ours{0};  // written with the signals' lock

void add(long change) noexcept {
  ours.store(ours.load(std::memory_order_relaxed) + static_cast<rlim_t>(change), std::memory_order_relaxed);
}

rlim_t ask() noexcept {
  rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
  kernel::call(SYS_prlimit64, 0, RLIMIT_SIGPENDING, nullptr, &limit);
  known.store(limit.rlim_cur, std::memory_order_relaxed);
  return limit.rlim_cur;
}

// The user's that the kernel has. 0 without /proc.
rlim_t in_kernel() noexcept {
  return ProcText<2048>("/proc/self/status").number("SigQ:\t", rlim_t{0});
}

}  // namespace

bool reached() noexcept {
  const rlim_t count = ours.load(std::memory_order_relaxed) + 1;
  rlim_t limit = known.load(std::memory_order_relaxed);
  // Others may have set it, prlimit(2): worth a question where many pend.
  if (limit == unknown || count > limits::pending_unasked) limit = ask();
  if (count > limit) return true;
  // Far from it the kernel's do not matter.
  if (count + std::min(limit / 2, limits::pending_elsewhere) <= limit) return false;
  return count + in_kernel() > limit;
}

void changed() noexcept { known.store(unknown, std::memory_order_relaxed); }

void count_one_more() noexcept { add(1); }

void count_one_fewer() noexcept { add(-1); }

void forget() noexcept {
  ours.store(0, std::memory_order_relaxed);
  changed();
}

}  // namespace unblock::pending_limit
