// Priority-inheritance futexes.
#include "futex_pi.h"

#include <cerrno>
#include <linux/futex.h>

#include "parking_lot.h"
#include "timeouts.h"
#include "user.h"
#include "waiting.h"

namespace unblock::futex_pi {

namespace {

// Takes the word if it is free, else marks that somebody waits. 0: taken; 1: must wait; or an error.
long take_or_mark(const Fiber& fiber, std::uint32_t* word, bool only_try) noexcept {
  std::uint32_t seen;
  if (!user::load(word, seen)) return -EFAULT;
  for (;;) {
    const auto owner = static_cast<pid_t>(seen & FUTEX_TID_MASK);
    if (owner == fiber.tid) return -EDEADLK;
    if (owner != 0 && only_try) return -EAGAIN;
    if (owner != 0 && !fibers::find(owner)) return -ESRCH;
    const std::uint32_t changed =
        owner == 0 ? (seen & ~FUTEX_TID_MASK) | static_cast<std::uint32_t>(fiber.tid) : seen | FUTEX_WAITERS;
    std::uint32_t expected = seen;
    if (!user::compare_exchange(word, expected, changed)) return -EFAULT;
    if (expected == seen) return owner == 0 ? 0 : 1;
    seen = expected;
  }
}

long lock(Fiber& fiber, std::uint32_t* word, Nanoseconds deadline) noexcept {
  FutexNode& node = fiber.futex_node;
  node.fiber = &fiber;
  node.address = reinterpret_cast<std::uintptr_t>(word);
  node.bitset = FUTEX_BITSET_MATCH_ANY;
  node.index = 0;
  bool taken = false;
  const auto arm = [&](Processor&) -> long {
    ParkingBucket& bucket = parking_lot::bucket_of(node.address);
    Guard guard(bucket.lock);
    const long answer = take_or_mark(fiber, word, false);
    if (answer == 1) {
      parking_lot::enqueue_locked(bucket, node);
      return 0;
    }
    taken = answer == 0;
    return taken ? -ECANCELED : answer;
  };
  const long result =
      waiting::wait(fiber, deadline, never, arm, [&](Processor&) { parking_lot::remove(node); });
  if (taken) return 0;
  return result == -EINTR ? waiting::restart_unhandled : result;
}

// Hands the word to the oldest waiter, who need not look at it again; with `mark` for the heir to find.
long unlock(Fiber& fiber, std::uint32_t* word, std::uint32_t mark) noexcept {
  ParkingBucket& bucket = parking_lot::bucket_of(reinterpret_cast<std::uintptr_t>(word));
  Guard guard(bucket.lock);
  std::uint32_t seen;
  if (!user::load(word, seen)) return -EFAULT;
  if (static_cast<pid_t>(seen & FUTEX_TID_MASK) != fiber.tid) return -EPERM;
  for (FutexNode* node = bucket.first; node;) {
    if (node->address != reinterpret_cast<std::uintptr_t>(word)) {
      node = node->next;
      continue;
    }
    const auto heir = static_cast<std::uint32_t>(node->fiber->tid);
    // Written before the heir can run; taken back if it has just given up.
    if (!user::store(word, heir | FUTEX_WAITERS | mark)) return -EFAULT;
    if (parking_lot::wake_locked(bucket, node->address, 1, FUTEX_BITSET_MATCH_ANY) == 1) return 0;
    node = bucket.first;
  }
  return user::store(word, mark) ? 0 : -EFAULT;
}

}  // namespace

void owner_died(Fiber& fiber, std::uint32_t* word) noexcept { unlock(fiber, word, FUTEX_OWNER_DIED); }

long call(Fiber& fiber, std::uint32_t* word, int command, bool realtime, const timespec* timeout) noexcept {
  if (reinterpret_cast<std::uintptr_t>(word) % sizeof *word) return -EINVAL;
  if (command == FUTEX_UNLOCK_PI) return unlock(fiber, word, 0);
  if (command == FUTEX_TRYLOCK_PI) return take_or_mark(fiber, word, true);
  Nanoseconds deadline;
  const clockid_t clock = command == FUTEX_LOCK_PI || realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  if (const long error = timeouts::from_user(fiber, timeout, clock, false, deadline)) return error;
  return lock(fiber, word, deadline);
}

}  // namespace unblock::futex_pi
