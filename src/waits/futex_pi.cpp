// Ownership of priority-inheritance futexes.
#include "waits/futex_pi.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <linux/futex.h>

#include "entry/outsiders.h"
#include "fibers/cpu_time.h"
#include "fibers/groups.h"
#include "fibers/scheduler.h"
#include "kernel.h"
#include "user.h"
#include "waits/parking_lot.h"
#include "waits/timeouts.h"
#include "waits/waiting.h"

namespace unblock::futex_pi {

namespace {

// Outsiders (outsiders.h) that wait for one of some words sleep until their number changes. Not at the word
// itself: there the kernel has those that it made wait before there were fibers.
struct Outside {
  std::atomic<std::uint32_t> number{0};
  std::atomic<std::uint32_t> sleepers{0};
};

constinit Outside outside[64];

Outside& outside_of(const std::uint32_t* word) noexcept {
  return outside[(reinterpret_cast<std::uintptr_t>(word) >> 2) % (sizeof outside / sizeof *outside)];
}

void call_outsiders(Outside& those) noexcept {
  those.number.fetch_add(1, std::memory_order_seq_cst);
  kernel::call(SYS_futex, &those.number, FUTEX_WAKE_PRIVATE, INT_MAX);
}

ParkingBucket& bucket_of(const std::uint32_t* word) noexcept {
  return parking_lot::bucket_of(reinterpret_cast<std::uintptr_t>(word));
}

clockid_t clock_of(int operation) noexcept {
  const bool realtime = operation & FUTEX_CLOCK_REALTIME || (operation & FUTEX_CMD_MASK) == FUTEX_LOCK_PI;
  return realtime ? CLOCK_REALTIME : CLOCK_MONOTONIC;
}

// The oldest fiber that waits for the word, or null. Under the bucket's lock.
Fiber* first_at(const ParkingBucket& bucket, const std::uint32_t* word) noexcept {
  const FutexNode* node = bucket.first;
  while (node && node->address != reinterpret_cast<std::uintptr_t>(word)) node = node->next;
  return node ? node->fiber : nullptr;
}

int wake_fiber(ParkingBucket& bucket, const std::uint32_t* word) noexcept {
  return parking_lot::wake_locked(bucket, reinterpret_cast<std::uintptr_t>(word), 1, FUTEX_BITSET_MATCH_ANY);
}

bool exists(pid_t tid) noexcept {
  return fibers::find(tid) ||
         (outsiders::present() && kernel::call(SYS_tgkill, kernel::call(SYS_getpid), tid, 0) == 0);
}

// Takes the word if it is free, else marks that somebody waits. 0: taken; 1: must wait; or an error.
long take_or_mark(pid_t tid, std::uint32_t* word, bool only_try) noexcept {
  std::uint32_t seen;
  if (!user::load(word, seen)) return -EFAULT;
  for (;;) {
    const auto owner = static_cast<pid_t>(seen & FUTEX_TID_MASK);
    if (owner == tid) return -EDEADLK;
    if (owner != 0 && only_try) return -EAGAIN;
    if (owner != 0 && !exists(owner)) return -ESRCH;
    const std::uint32_t changed =
        owner == 0 ? (seen & ~FUTEX_TID_MASK) | static_cast<std::uint32_t>(tid) : seen | FUTEX_WAITERS;
    std::uint32_t expected = seen;
    if (!user::compare_exchange(word, expected, changed)) return -EFAULT;
    if (expected == seen) return owner == 0 ? 0 : 1;
    seen = expected;
  }
}

// When to look at a word again that an outsider may have: the kernel, where one ends, wakes none of ours.
Nanoseconds next_look(Nanoseconds deadline) noexcept {
  constexpr Nanoseconds often = second / 10;
  return outsiders::present() ? std::min(deadline, clock_time::now() + often) : deadline;
}

// Waits once. 0: woken, as the owner or to try anew; or an error.
long wait(Fiber& fiber, std::uint32_t* word, Nanoseconds deadline) noexcept {
  FutexNode& node = fiber.futex_node;
  node.fiber = &fiber;
  node.address = reinterpret_cast<std::uintptr_t>(word);
  node.bitset = FUTEX_BITSET_MATCH_ANY;
  node.index = 0;
  bool taken = false;
  const auto arm = [&](Processor&) -> long {
    ParkingBucket& bucket = bucket_of(word);
    Guard guard(bucket.lock);
    const long answer = take_or_mark(fiber.tid, word, false);
    if (answer == 1) {
      parking_lot::enqueue_locked(bucket, node);
      return 0;
    }
    taken = answer == 0;
    return taken ? -ECANCELED : answer;
  };
  const long result =
      waiting::wait(fiber, deadline, never, arm, [&](Processor&) { parking_lot::remove(node); });
  return taken ? 0 : result;
}

bool owns(pid_t tid, const std::uint32_t* word) noexcept {
  std::uint32_t seen;
  return user::load(word, seen) && static_cast<pid_t>(seen & FUTEX_TID_MASK) == tid;
}

long lock(Fiber& fiber, std::uint32_t* word, Nanoseconds deadline) noexcept {
  if (owns(fiber.tid, word)) return -EDEADLK;
  for (;;) {
    const Nanoseconds until = next_look(deadline);
    const long result = wait(fiber, word, until);
    if (result == -EINTR) return waiting::restart_unhandled;
    if (result != 0 && (result != -ETIMEDOUT || until == deadline)) return result;
    if (owns(fiber.tid, word)) return 0;
  }
}

// Gives away the word, which nobody else can take. To the oldest fiber, who need not look at it again; where
// outsiders may wait, too, to the first of all that comes. With `mark` for the heir to find. Under the lock.
long pass_on(ParkingBucket& bucket, std::uint32_t* word, std::uint32_t mark) noexcept {
  Outside& those = outside_of(word);
  if (those.sleepers.load(std::memory_order_seq_cst)) {
    if (!user::store(word, FUTEX_WAITERS | mark)) return -EFAULT;
    wake_fiber(bucket, word);
    call_outsiders(those);
    return 0;
  }
  while (const Fiber* heir = first_at(bucket, word)) {
    // Written before the heir can run; taken back if it has just given up.
    if (!user::store(word, static_cast<std::uint32_t>(heir->tid) | FUTEX_WAITERS | mark)) return -EFAULT;
    if (wake_fiber(bucket, word) == 1) return 0;
  }
  return user::store(word, mark) ? 0 : -EFAULT;
}

long unlock(Fiber& fiber, std::uint32_t* word, std::uint32_t mark) noexcept {
  ParkingBucket& bucket = bucket_of(word);
  Guard guard(bucket.lock);
  std::uint32_t seen;
  if (!user::load(word, seen)) return -EFAULT;
  if (static_cast<pid_t>(seen & FUTEX_TID_MASK) != fiber.tid) return -EPERM;
  return pass_on(bucket, word, mark);
}

// To the kernel thread that `fiber` was, if it was one that others ran beside. It goes on there like one that
// has lost its processor. False: it has none.
bool go_home(Fiber& fiber) noexcept {
  Carrier* own = fiber.main ? groups::of(fiber).own : nullptr;
  if (own && fiber.carrier != own) {
    scheduler::go_home(fiber, *own);
    cpu_time::alone(*own);
  }
  return own;
}

}  // namespace

void owner_died(Fiber& fiber, std::uint32_t* word) noexcept { unlock(fiber, word, FUTEX_OWNER_DIED); }

long call(Fiber& fiber, std::uint32_t* word, int operation, const timespec* timeout) noexcept {
  if (reinterpret_cast<std::uintptr_t>(word) % sizeof *word) return -EINVAL;
  const int command = operation & FUTEX_CMD_MASK;
  if (command == FUTEX_UNLOCK_PI)
    return go_home(fiber) ? unlock_outside(word, operation) : unlock(fiber, word, 0);
  if (command == FUTEX_TRYLOCK_PI) return take_or_mark(fiber.tid, word, true);
  Nanoseconds deadline;
  if (const long error = timeouts::from_user(fiber, timeout, clock_of(operation), false, deadline))
    return error;
  return lock(fiber, word, deadline);
}

bool locks(int operation) noexcept {
  const int command = operation & FUTEX_CMD_MASK;
  return command == FUTEX_LOCK_PI || command == FUTEX_LOCK_PI2 || command == FUTEX_TRYLOCK_PI;
}

long read_deadline(int operation, const timespec* timeout, Nanoseconds& deadline) noexcept {
  deadline = never;
  const int command = operation & FUTEX_CMD_MASK;
  timespec given;
  if (!timeout || command == FUTEX_TRYLOCK_PI) return 0;
  if (!user::copy(&given, timeout, sizeof given)) return -EFAULT;
  if (!clock_time::valid(given)) return -EINVAL;
  deadline = timeouts::to_monotonic(clock_time::from(given), clock_of(operation));
  return 0;
}

long lock_outside(std::uint32_t* word, int operation, std::uint32_t& number) noexcept {
  if (reinterpret_cast<std::uintptr_t>(word) % sizeof *word) return -EINVAL;
  Outside& those = outside_of(word);
  number = those.number.load(std::memory_order_seq_cst);
  Guard guard(bucket_of(word).lock);
  const long result = take_or_mark(static_cast<pid_t>(kernel::call(SYS_gettid)), word,
                                   (operation & FUTEX_CMD_MASK) == FUTEX_TRYLOCK_PI);
  // Counted before the lock is free: whoever gives the word away sees it.
  if (result == 1) those.sleepers.fetch_add(1, std::memory_order_seq_cst);
  return result;
}

long sleep_outside(const std::uint32_t* word, std::uint32_t number, Nanoseconds deadline) noexcept {
  Outside& those = outside_of(word);
  const Nanoseconds until = next_look(deadline);
  const timespec time = clock_time::to_timespec(until);
  const long result = kernel::call(SYS_futex, &those.number, FUTEX_WAIT_BITSET_PRIVATE, number, &time,
                                   nullptr, FUTEX_BITSET_MATCH_ANY);
  those.sleepers.fetch_sub(1, std::memory_order_seq_cst);
  return result == -ETIMEDOUT && until == deadline ? result : 0;
}

long unlock_outside(std::uint32_t* word, int operation) noexcept {
  // First to who waits in the kernel, from before there were fibers: that knows the owner by its kernel
  // thread.
  if (const long error = kernel::call(SYS_futex, word, operation, 0, nullptr, nullptr, 0)) return error;
  ParkingBucket& bucket = bucket_of(word);
  Guard guard(bucket.lock);
  if (!first_at(bucket, word) && !outside_of(word).sleepers.load(std::memory_order_seq_cst)) return 0;
  std::uint32_t seen = 0;
  for (std::uint32_t expected = 0;; seen = expected) {
    if (!user::compare_exchange(word, expected = seen, seen | FUTEX_WAITERS)) return 0;
    if (expected == seen) break;
  }
  // Whoever has it by now knows that others wait.
  return seen & FUTEX_TID_MASK ? 0 : pass_on(bucket, word, seen & FUTEX_OWNER_DIED);
}

void send_to_kernel() noexcept {
  for (Outside& those : outside)
    if (those.sleepers.load(std::memory_order_seq_cst)) call_outsiders(those);
}

}  // namespace unblock::futex_pi
