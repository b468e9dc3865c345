// Waking without all that may come with it. No vector registers here, see meson.build.
#include "waits/brief_wake.h"

#include "entry/outsiders.h"
#include "entry/process.h"
#include "fibers/processor.h"
#include "fibers/scheduler.h"
#include "stats.h"
#include "user.h"
#include "waits/parking_lot.h"

namespace unblock::futex {

namespace {

constexpr long not_briefly = -1;

FutexNode* first_at(const ParkingBucket& bucket, std::uintptr_t address) noexcept {
  FutexNode* node = bucket.first;
  while (node && node->address != address) node = node->next;
  return node;
}

// By the holder of `processor`. The sleeper is claimed before its node is out, as only under the bucket's
// lock: what does not come to be here is left to others as it was.
long wake_at(Processor& processor, ParkingBucket& bucket, FutexNode& node) noexcept {
  Fiber& sleeper = *node.fiber;
  if (processor.sleeping.load(std::memory_order_relaxed) || !scheduler::claim_wake(sleeper, node.index))
    return not_briefly;
  parking_lot::unlink(bucket, node);
  processor.push(sleeper);
  stats::count(stats::futex_wakes);
  return 1;
}

// What `wake(bucket, node)` says of the first sleeper at `word`, under the bucket's lock.
template <class Wake>
long first_sleeper(std::uintptr_t word, Wake&& wake) noexcept {
  if (word % sizeof(std::uint32_t) != 0 || user::may_be_beyond(word) || outsiders::present() ||
      process::child_in_our_memory())
    return not_briefly;
  ParkingBucket& bucket = parking_lot::bucket_of(word);
  if (!bucket.lock.try_lock()) return not_briefly;
  FutexNode* const node = first_at(bucket, word);
  const long woken = node ? wake(bucket, *node) : 0;
  bucket.lock.unlock();
  return woken;
}

}  // namespace

long wake_briefly(Fiber& waker, std::uintptr_t word, int count) noexcept {
  if (count <= 0) return not_briefly;
  return first_sleeper(word, [&](ParkingBucket& bucket, FutexNode& node) {
    // More than one may sleep there.
    if (count != 1 || !waker.home || !waker.carrier->enter()) return not_briefly;
    const long woken = wake_at(*waker.carrier->processor, bucket, node);
    scheduler::release(waker);
    return woken;
  });
}

long wake_one_briefly(Processor& processor, std::uintptr_t word) noexcept {
  return first_sleeper(word, [&](ParkingBucket& bucket, FutexNode& node) {
    return wake_at(processor, bucket, node);
  });
}

}  // namespace unblock::futex
