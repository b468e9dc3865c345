// The parking lot.
#include "waits/parking_lot.h"

#include <cerrno>

#include "entry/outsiders.h"
#include "fibers/scheduler.h"
#include "user.h"

namespace unblock::parking_lot {

constinit ParkingBucket detail::buckets[limits::parking_buckets];

void enqueue_locked(ParkingBucket& bucket, FutexNode& node) noexcept {
  node.next = nullptr;
  node.previous = bucket.last;
  (bucket.last ? bucket.last->next : bucket.first) = &node;
  bucket.last = &node;
  node.bucket.store(&bucket, std::memory_order_release);
}

long enqueue(FutexNode& node, std::uint32_t expected) noexcept {
  ParkingBucket& bucket = bucket_of(node.address);
  Guard guard(bucket.lock);
  std::uint32_t seen;
  if (!user::load(reinterpret_cast<const std::uint32_t*>(node.address), seen)) return -EFAULT;
  if (seen != expected) return -EAGAIN;
  enqueue_locked(bucket, node);
  if (!outsiders::present()) return 0;
  // A: queued first, looked again then; seq_cst. Matches B in anybody_at().
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const bool same =
      user::load(reinterpret_cast<const std::uint32_t*>(node.address), seen) && seen == expected;
  if (!same) unlink(bucket, node);
  return same ? 0 : -EAGAIN;
}

bool anybody_at(std::uintptr_t address) noexcept {
  // B: after the caller's change of the word; seq_cst. Matches A in enqueue().
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return __atomic_load_n(&bucket_of(address).first, __ATOMIC_RELAXED);
}

bool remove(FutexNode& node) noexcept {
  // A requeue may move it while we wait for the lock.
  while (ParkingBucket* bucket = node.bucket.load(std::memory_order_acquire)) {
    Guard guard(bucket->lock);
    if (node.bucket.load(std::memory_order_relaxed) != bucket) continue;
    unlink(*bucket, node);
    return true;
  }
  return false;
}

int wake_locked(ParkingBucket& bucket, std::uintptr_t address, int count, std::uint32_t bitset) noexcept {
  int woken = 0;
  for (FutexNode *node = bucket.first, *next; node && woken < count; node = next) {
    next = node->next;
    if (node->address != address || !(node->bitset & bitset)) continue;
    Fiber& fiber = *node->fiber;
    const long result = node->index;
    // Unlinked first: once woken, the fiber may use its node again.
    unlink(bucket, *node);
    // One that times out or is interrupted just now does not count: the wake-up goes to the next.
    if (scheduler::wake_near(fiber, result)) ++woken;
  }
  return woken;
}

int wake(std::uintptr_t address, int count, std::uint32_t bitset) noexcept {
  ParkingBucket& bucket = bucket_of(address);
  Guard guard(bucket.lock);
  return wake_locked(bucket, address, count, bitset);
}

PairGuard::PairGuard(ParkingBucket& one, ParkingBucket& other) noexcept
    : lower_(&one < &other ? one : other), higher_(&one < &other ? other : one) {
  lower_.lock.lock();
  if (&lower_ != &higher_) higher_.lock.lock();
}

PairGuard::~PairGuard() {
  if (&lower_ != &higher_) higher_.lock.unlock();
  lower_.lock.unlock();
}

int requeue_locked(std::uintptr_t address, std::uintptr_t target, int count) noexcept {
  ParkingBucket& from = bucket_of(address);
  ParkingBucket& to = bucket_of(target);
  int moved = 0;
  FutexNode* const end = from.last;
  for (FutexNode *node = from.first, *next; node && moved < count; node = next) {
    next = node == end ? nullptr : node->next;
    if (node->address != address) continue;
    node->address = target;
    ++moved;
    if (&from == &to) continue;
    // Never out of all buckets, or its fiber, timing out, would think that it was woken.
    (node->previous ? node->previous->next : from.first) = node->next;
    (node->next ? node->next->previous : from.last) = node->previous;
    enqueue_locked(to, *node);
  }
  return moved;
}

void forget_all() noexcept {
  for (ParkingBucket& bucket : detail::buckets) {
    bucket.lock.reset();
    bucket.first = bucket.last = nullptr;
  }
}

}  // namespace unblock::parking_lot
