// The parking lot: fibers asleep on addresses.
#pragma once

#include <cstdint>

#include "lock.h"
#include "runtime_limits.h"
#include "waits/futex_node.h"

namespace unblock {

/// One row of the lot: the sleepers whose addresses hash to it, in order of arrival.
struct ParkingBucket {
  Lock lock;
  FutexNode* first = nullptr;
  FutexNode* last = nullptr;
};

/// Safe from any kernel thread, and never blocks for long: only going to sleep needs a processor. What a
/// waiter checks and that it is queued are one step under the bucket's lock, so no wake-up is lost.
namespace parking_lot {

namespace detail {
extern ParkingBucket buckets[limits::parking_buckets];
}

/// Queues `node`, whose fiber, address and bitset are set, if `*address` (checked under the lock) is
/// `expected`. Returns 0, -EAGAIN if it is not, -EFAULT if it cannot be read.
[[nodiscard]] long enqueue(FutexNode& node, std::uint32_t expected) noexcept;

/// The same without a check, for those who checked under `lock_of()` themselves.
void enqueue_locked(ParkingBucket& bucket, FutexNode& node) noexcept;

/// The bucket of an address, to be locked by the caller.
[[nodiscard]] inline ParkingBucket& bucket_of(std::uintptr_t address) noexcept {
  // Fibonacci hashing of the word's number; the top bits are the well-mixed ones.
  constexpr int bits = __builtin_ctzl(limits::parking_buckets);
  return detail::buckets[((address >> 2) * 0x9e3779b97f4a7c15u) >> (64 - bits)];
}

/// Whether somebody may sleep at `address`, for a caller that has changed the word. Without a lock; no less
/// safe than wake() where outsiders are present.
[[nodiscard]] bool anybody_at(std::uintptr_t address) noexcept;

/// Takes `node` out of `bucket`, locked by the caller, where it is.
inline void unlink(ParkingBucket& bucket, FutexNode& node) noexcept {
  (node.previous ? node.previous->next : bucket.first) = node.next;
  (node.next ? node.next->previous : bucket.last) = node.previous;
  node.bucket.store(nullptr, std::memory_order_release);
}

/// Takes `node` out. False if it was out already: somebody woke it.
bool remove(FutexNode& node) noexcept;

/// Wakes up to `count` sleepers at `address` whose bitset meets `bitset`, oldest first; says how many.
int wake(std::uintptr_t address, int count, std::uint32_t bitset) noexcept;

/// The same for a caller that holds the lock of `bucket`.
int wake_locked(ParkingBucket& bucket, std::uintptr_t address, int count, std::uint32_t bitset) noexcept;

/// Two buckets locked without deadlock; they may be the same.
class PairGuard {
 public:
  PairGuard(ParkingBucket& one, ParkingBucket& other) noexcept;
  ~PairGuard();
  PairGuard(const PairGuard&) = delete;
  PairGuard& operator=(const PairGuard&) = delete;

 private:
  ParkingBucket& lower_;
  ParkingBucket& higher_;
};

/// Moves up to `count` sleepers from `address` to `target`, both locked by the caller; says how many.
int requeue_locked(std::uintptr_t address, std::uintptr_t target, int count) noexcept;

/// Empties the lot: for a fork's child, where no other fiber exists.
void forget_all() noexcept;

}  // namespace parking_lot
}  // namespace unblock
