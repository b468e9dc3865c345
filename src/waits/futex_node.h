// What the parking lot keeps of one sleeper.
#pragma once

#include <atomic>
#include <cstdint>

namespace unblock {

struct Fiber;
struct ParkingBucket;

/// A sleeper's entry in a bucket of the parking lot; guarded by that bucket's lock. Lies in the fiber's
/// control block (or its scratch memory), never on a stack.
struct FutexNode {
  Fiber* fiber = nullptr;
  std::uintptr_t address = 0;
  std::uint32_t bitset = 0;
  std::uint32_t index = 0;                          ///< which of several words, for futex_waitv(2)
  std::atomic<ParkingBucket*> bucket{nullptr};      ///< where it is queued; null: nowhere
  FutexNode* next = nullptr;
  FutexNode* previous = nullptr;
};

}  // namespace unblock
