// Decoding futex(2), and the operations on private words that do not sleep.
#include "waits/futex.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>
#include <linux/futex.h>

#include "entry/in_place.h"
#include "entry/outsiders.h"
#include "entry/process.h"
#include "fibers/threads.h"
#include "memory/sharing.h"
#include "memory/stacks.h"
#include "stats.h"
#include "user.h"
#include "waits/futex_pi.h"
#include "waits/parking_lot.h"
#include "waits/timeouts.h"
#include "waits/waiting.h"
#include "waits/wake_operation.h"

namespace unblock::futex {

namespace {

struct Call {
  std::uint32_t* word;
  int operation;
  std::uint32_t value;
  long timeout_or_count;
  std::uint32_t* second_word;
  std::uint32_t third_value;

  [[nodiscard]] int command() const noexcept { return operation & FUTEX_CMD_MASK; }
  [[nodiscard]] bool is_private() const noexcept { return operation & FUTEX_PRIVATE_FLAG; }
  [[nodiscard]] std::uintptr_t address() const noexcept { return reinterpret_cast<std::uintptr_t>(word); }
  [[nodiscard]] std::uintptr_t second_address() const noexcept {
    return reinterpret_cast<std::uintptr_t>(second_word);
  }
  [[nodiscard]] int count() const noexcept { return static_cast<int>(timeout_or_count); }
};

bool takes_clock(int command) noexcept {
  return command == FUTEX_WAIT_BITSET || command == FUTEX_WAIT_REQUEUE_PI || command == FUTEX_LOCK_PI2;
}

bool aligned(std::uintptr_t address) noexcept { return address % sizeof(std::uint32_t) == 0; }

// Whether `value` may be the tid of a thread that is no fiber: the kernel itself wakes who waits for its end.
bool is_outsider(pid_t value) noexcept {
  return outsiders::present() && value > 0 && value < limits::first_tid &&
         kernel::call(SYS_tgkill, kernel::call(SYS_getpid), value, 0) == 0;
}

// Whether no other process can reach the word. What is in our stacks need not be asked about.
bool ours_alone(const std::uint32_t* word) noexcept {
  return (stacks::hold(word) && !sharing::in_company()) || sharing::ours_alone(word);
}

// Whether the sleeper's word is ours alone: a private one; the tid of a thread that pthread_join waits for,
// which the kernel (here: threads::bury) wakes as a shared one; and one that others cannot reach, whatever
// its user says: libstdc++'s atomic waits, and so its latches, barriers and semaphores, say nothing.
bool ours(const Call& call) noexcept {
  if (call.is_private() || threads::is_exit_word(call.word)) return true;
  return ours_alone(call.word) && !is_outsider(static_cast<pid_t>(call.value));
}

bool both_ours(const Call& call) noexcept {
  return call.is_private() || (ours_alone(call.word) && ours_alone(call.second_word));
}

// The six words that the kernel takes.
struct Words {
  explicit Words(const Call& call) noexcept
      : words{kernel::word(call.word),        call.operation,
              static_cast<long>(call.value),  call.timeout_or_count,
              kernel::word(call.second_word), static_cast<long>(call.third_value)} {}
  long words[6];
};

long sleep_in_kernel(Fiber& fiber, const Call& call) noexcept {
  return in_place::sleeping(fiber, SYS_futex, Words(call).words);
}

// The fiber's own limit to this wait. A plain one without a timeout is a lock's, whose caller cannot fail and
// would ask again at once. Others may, too, so once the limit has passed they wait a little.
Nanoseconds limit_of(const Fiber& fiber, bool plain) noexcept {
  if (plain || fiber.limit == never) return never;
  constexpr Nanoseconds pause = second / 100;
  const Nanoseconds now = clock_time::now();
  return fiber.limit > now ? fiber.limit : now + pause;
}

long wait(Fiber& fiber, const Call& call) noexcept {
  const bool plain = call.command() == FUTEX_WAIT;
  const std::uint32_t bitset = plain ? FUTEX_BITSET_MATCH_ANY : call.third_value;
  if (!aligned(call.address()) || bitset == 0) return -EINVAL;
  // Look before queueing for a processor: what need not wait is done at once.
  std::uint32_t seen;
  if (!user::load(call.word, seen)) return -EFAULT;
  Nanoseconds deadline = never;
  const auto* timeout = reinterpret_cast<const timespec*>(call.timeout_or_count);
  const clockid_t clock = call.operation & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  if (const long error = timeouts::from_user(fiber, timeout, clock, plain, deadline)) return error;
  if (seen != call.value) return -EAGAIN;
  if (!ours(call)) return sleep_in_kernel(fiber, call);
  long result =
      waiting::on_address(fiber, call.address(), call.value, bitset, deadline, limit_of(fiber, plain));
  if (result != -EINTR) return result;
  if (!timeout) return waiting::restart_if_asked;
  fiber.restart_deadline = deadline;
  return waiting::restart_unhandled;
}

// Whether kernel threads may sleep at the word, too: other processes', and a fiber's while it is in the
// kernel; at one of ours alone those that are no fibers, and a vfork's child, whose calls are native. The
// word that says that a thread has ended is in its stack. And what is no address the kernel is to say.
bool shared_with_kernel(const Call& call) noexcept {
  if (outsiders::present() || process::child_in_our_memory() || user::may_be_beyond(call.address()))
    return true;
  return !call.is_private() && (sharing::in_company() || !stacks::hold(call.word));
}

long wake_kernel(const Call& call, int count, std::uint32_t bitset) noexcept {
  const int operation = FUTEX_WAKE_BITSET | (call.operation & FUTEX_PRIVATE_FLAG);
  const long woken = kernel::call(SYS_futex, call.word, operation, count, nullptr, nullptr, bitset);
  if (woken > 0) stats::count(stats::futex_kernel_wakes, woken);
  return woken;
}

int wake_fibers(const Call& call, int count, std::uint32_t bitset) noexcept {
  const int woken = parking_lot::wake(call.address(), count, bitset);
  stats::count(stats::futex_wakes, woken);
  return woken;
}

// Where fibers and kernel threads sleep at the same words they are woken first by turns: neither may starve.
bool kernel_comes_first(const Call& call) noexcept {
  static constinit std::atomic<bool> turn{false};
  if (!outsiders::present() || !parking_lot::anybody_at(call.address())) return false;
  const bool now = turn.load(std::memory_order_relaxed);
  turn.store(!now, std::memory_order_relaxed);
  return now;
}

long wake(const Call& call, std::uint32_t bitset) noexcept {
  const int count = call.value > INT_MAX ? INT_MAX : static_cast<int>(call.value);
  // The kernel wakes one for a count of zero, too.
  const int wanted = count > 0 ? count : 1;
  if (!shared_with_kernel(call)) return wake_fibers(call, wanted, bitset);
  if (kernel_comes_first(call)) {
    const long woken = std::max(0l, wake_kernel(call, wanted, bitset));
    return woken < wanted ? woken + wake_fibers(call, wanted - static_cast<int>(woken), bitset) : woken;
  }
  const int woken = wake_fibers(call, wanted, bitset);
  if (woken >= wanted) return woken;
  const long in_kernel = wake_kernel(call, wanted - woken, bitset);
  return in_kernel < 0 && woken == 0 ? in_kernel : woken + std::max(0l, in_kernel);
}

// Those of the kernel's sleepers that are left to wake and to move.
long requeue_kernel(const Call& call, int wake, int move) noexcept {
  if (!outsiders::present() || wake + move <= 0) return 0;
  const int operation = FUTEX_REQUEUE | (call.operation & FUTEX_PRIVATE_FLAG);
  return std::max(0l, kernel::call(SYS_futex, call.word, operation, wake, move, call.second_word));
}

long requeue(const Call& call) noexcept {
  if (!aligned(call.second_address()) || static_cast<int>(call.value) < 0 || call.count() < 0) return -EINVAL;
  ParkingBucket& from = parking_lot::bucket_of(call.address());
  ParkingBucket& to = parking_lot::bucket_of(call.second_address());
  parking_lot::PairGuard guard(from, to);
  std::uint32_t seen;
  if (!user::load(call.word, seen)) return -EFAULT;
  if (call.command() == FUTEX_CMP_REQUEUE && seen != call.third_value) return -EAGAIN;
  const int wanted = static_cast<int>(call.value);
  const int woken = parking_lot::wake_locked(from, call.address(), wanted, FUTEX_BITSET_MATCH_ANY);
  const int moved = parking_lot::requeue_locked(call.address(), call.second_address(), call.count());
  return woken + moved + requeue_kernel(call, wanted - woken, call.count() - moved);
}

// FUTEX_WAKE_OP: changes the second word, wakes at the first, and at the second if its old value says so.
long wake_op(const Call& call) noexcept {
  if (!aligned(call.second_address())) return -EINVAL;
  const WakeOperation operation(call.third_value);
  if (!operation.can_change()) return -ENOSYS;
  ParkingBucket& first = parking_lot::bucket_of(call.address());
  ParkingBucket& second = parking_lot::bucket_of(call.second_address());
  parking_lot::PairGuard guard(first, second);
  std::uint32_t old;
  if (!user::load(call.second_word, old)) return -EFAULT;
  for (std::uint32_t expected = old;; old = expected) {
    if (!user::compare_exchange(call.second_word, expected, operation.changed(old))) return -EFAULT;
    if (expected == old) break;
  }
  if (!operation.can_compare()) return -ENOSYS;
  const auto wake_at = [&](ParkingBucket& bucket, std::uint32_t* word, int wanted) {
    const auto address = reinterpret_cast<std::uintptr_t>(word);
    const int woken = parking_lot::wake_locked(bucket, address, wanted, FUTEX_BITSET_MATCH_ANY);
    if (woken >= wanted || !outsiders::present()) return woken;
    const Call there{word, call.operation, 0, 0, nullptr, 0};
    return woken + static_cast<int>(std::max(0l, wake_kernel(there, wanted - woken, FUTEX_BITSET_MATCH_ANY)));
  };
  int woken = wake_at(first, call.word, static_cast<int>(call.value));
  if (operation.wakes_second(old)) woken += wake_at(second, call.second_word, call.count());
  return woken;
}

long wake_or_move(const Call& call) noexcept {
  const int command = call.command();
  if (command == FUTEX_WAKE || command == FUTEX_WAKE_BITSET) {
    const std::uint32_t bitset = command == FUTEX_WAKE ? FUTEX_BITSET_MATCH_ANY : call.third_value;
    return aligned(call.address()) && bitset ? wake(call, bitset) : -EINVAL;
  }
  if (!both_ours(call)) return in_place::quick(SYS_futex, Words(call).words);
  return command == FUTEX_WAKE_OP ? wake_op(call) : requeue(call);
}

// By itself, for the registers that it takes: what locks ask for most does without.
[[gnu::noinline]] long answer(Fiber& fiber, const Call call) noexcept {
  if ((call.operation & FUTEX_CLOCK_REALTIME) && !takes_clock(call.command())) return -ENOSYS;
  switch (call.command()) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET: return wait(fiber, call);
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
    case FUTEX_WAKE_OP: return wake_or_move(call);
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
    case FUTEX_TRYLOCK_PI:
    case FUTEX_UNLOCK_PI:
      return futex_pi::call(fiber, call.word, call.operation,
                            reinterpret_cast<const timespec*>(call.timeout_or_count));
    default: return sleep_in_kernel(fiber, call);
  }
}

// As wait() does at a private word without a timeout, for whoever of its sleepers is woken.
long wait_simply(Fiber& fiber, const std::uint32_t* word, std::uint32_t value, bool plain) noexcept {
  std::uint32_t seen;
  if (!user::load(word, seen)) return -EFAULT;
  if (seen != value) return -EAGAIN;
  const long result = waiting::on_address(fiber, reinterpret_cast<std::uintptr_t>(word), value,
                                          FUTEX_BITSET_MATCH_ANY, never, limit_of(fiber, plain));
  return result == -EINTR ? waiting::restart_if_asked : result;
}

}  // namespace

bool concerns_fibers(const std::uint32_t* word, int operation, const std::uint32_t* second_word) noexcept {
  const int command = operation & FUTEX_CMD_MASK;
  if (!only_wakes(operation) || command == FUTEX_UNLOCK_PI) return false;
  const auto anybody_at = [](const std::uint32_t* word) {
    return parking_lot::anybody_at(reinterpret_cast<std::uintptr_t>(word));
  };
  return anybody_at(word) || (command == FUTEX_WAKE_OP && anybody_at(second_word));
}

long wake_from_outside(std::uint32_t* word, int operation, std::uint32_t value, long timeout_or_count,
                       std::uint32_t* second_word, std::uint32_t third_value) noexcept {
  return wake_or_move({word, operation, value, timeout_or_count, second_word, third_value});
}

void wake(std::uint32_t* word, int count) noexcept {
  wake({word, FUTEX_WAKE, static_cast<std::uint32_t>(count), 0, nullptr, 0}, FUTEX_BITSET_MATCH_ANY);
}

bool only_wakes(int operation) noexcept {
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
    case FUTEX_WAKE_OP:
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE:
    case FUTEX_UNLOCK_PI: return true;
    default: return false;
  }
}

long call(Fiber& fiber, std::uint32_t* word, int operation, std::uint32_t value, long timeout_or_count,
          std::uint32_t* second_word, std::uint32_t third_value) noexcept {
  const Call call{word, operation, value, timeout_or_count, second_word, third_value};
  constexpr int wait_by_clock = FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME;
  if (aligned(call.address())) [[likely]] {
    if (operation == FUTEX_WAKE_PRIVATE && static_cast<int>(value) > 0 && !shared_with_kernel(call))
      return wake_fibers(call, static_cast<int>(value), FUTEX_BITSET_MATCH_ANY);
    const bool plain = operation == FUTEX_WAIT_PRIVATE;
    if ((plain || (operation == wait_by_clock && third_value == FUTEX_BITSET_MATCH_ANY)) && !timeout_or_count)
      return wait_simply(fiber, word, value, plain);
  }
  return answer(fiber, call);
}

}  // namespace unblock::futex
