// A lock for the runtime's own short critical sections, asleep in the kernel when it must be.
#pragma once

#include <atomic>
#include <cstdint>
#include <linux/futex.h>

#include "kernel.h"

namespace unblock {

/// Mutual exclusion between kernel threads (never between fibers: nobody parks holding one). Works on
/// raw futexes, so it neither enters libc nor the parking lot. Not recursive, not for signal handlers:
/// those are deferred while a fiber is in the runtime. Constant-initialised.
class Lock {
 public:
  void lock() noexcept {
    std::uint32_t seen = 0;
    if (word_.compare_exchange_strong(seen, held, std::memory_order_acquire)) [[likely]] return;
    lock_slowly();
  }

  void unlock() noexcept {
    if (word_.exchange(0, std::memory_order_release) == contended) [[unlikely]]
      kernel::call(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, 1);
  }

  /// Forgets who held it: for a fork's child, where the holder does not exist.
  void reset() noexcept { word_.store(0, std::memory_order_relaxed); }

 private:
  enum : std::uint32_t { held = 1, contended = 2 };

  [[gnu::noinline]] void lock_slowly() noexcept {
    for (int spins = 0; spins < 100; ++spins) {
      std::uint32_t seen = 0;
      if (word_.compare_exchange_weak(seen, held, std::memory_order_acquire)) return;
      __builtin_ia32_pause();
    }
    while (word_.exchange(contended, std::memory_order_acquire) != 0)
      kernel::call(SYS_futex, &word_, FUTEX_WAIT_PRIVATE, static_cast<std::uint32_t>(contended), nullptr);
  }

  std::atomic<std::uint32_t> word_{0};
};

/// Holds a Lock for a scope.
class Guard {
 public:
  explicit Guard(Lock& lock) noexcept : lock_(lock) { lock_.lock(); }
  ~Guard() { lock_.unlock(); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  Lock& lock_;
};

}  // namespace unblock
