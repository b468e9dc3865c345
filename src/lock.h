// A lock for the runtime's own short critical sections, asleep in the kernel when it must be.
#pragma once

#include <atomic>
#include <cstdint>

#include "fences.h"

namespace unblock {

/// Mutual exclusion between kernel threads (never between fibers: nobody parks holding one). Works on
/// raw futexes, so it neither enters libc nor the parking lot. Not recursive, not for signal handlers:
/// those are deferred while a fiber is in the runtime. Constant-initialised.
class Lock {
 public:
  void lock() noexcept {
    if (!try_lock()) [[unlikely]]
      lock_slowly();
  }

  [[nodiscard]] bool try_lock() noexcept {
    std::uint32_t seen = 0;
    return word_.compare_exchange_strong(seen, held, std::memory_order_acquire);
  }

  void unlock() noexcept {
    word_.store(0, std::memory_order_release);
    // A: freed first, then looked for sleepers; an exchange would take as long as what most locks guard.
    // Matches B in lock_slowly().
    fences::light();
    if (sleepers_.load(std::memory_order_relaxed)) [[unlikely]]
      wake();
  }

  /// Forgets who held it: for a fork's child, where the holder does not exist.
  void reset() noexcept {
    word_.store(0, std::memory_order_relaxed);
    sleepers_.store(0, std::memory_order_relaxed);
  }

 private:
  enum : std::uint32_t { held = 1 };

  void lock_slowly() noexcept;
  void wake() noexcept;

  std::atomic<std::uint32_t> word_{0};
  std::atomic<std::uint32_t> sleepers_{0};  // who sleep until it is free, or are about to
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
