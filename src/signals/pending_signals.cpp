// Pending signals: what the kernel would keep in its queues.
#include <algorithm>
#include <cerrno>
#include <climits>

#include "fibers/fiber.h"
#include "memory/records.h"
#include "signals/pending_limit.h"
#include "signals/posix_timers.h"
#include "signals/signals.h"

namespace unblock::signals::detail {

constinit Lock lock;
constinit PendingQueue process;
constinit std::atomic<SignalSet> with_descriptor{0};

namespace {

constinit Records<PendingSignal> records;  // guarded by lock

// Takes the signal off that `place` leads to.
void unlink(PendingQueue& queue, PendingSignal** place) noexcept {
  PendingSignal* signal = *place;
  *place = signal->next;
  if (queue.end == &signal->next) queue.end = place;
  records.give_back(signal);
  pending_limit::count_one_fewer();
}

void flush(PendingQueue& queue, SignalSet set) noexcept {
  if (!(queue.set.load(std::memory_order_relaxed) & set)) return;
  for (PendingSignal** place = &queue.first; *place;) {
    if (signal_bit((*place)->info.si_signo) & set)
      unlink(queue, place);
    else
      place = &(*place)->next;
  }
  queue.set.fetch_and(~set, std::memory_order_relaxed);
}

bool of_timer(const PendingSignal& signal, int id) noexcept {
  return signal.info.si_code == SI_TIMER && signal.info.si_timerid == id;
}

// A timer has one signal pending at most, of whatever number: what it would send besides is counted.
bool count_overrun(PendingQueue& queue, const siginfo_t& info) noexcept {
  PendingSignal* signal = queue.first;
  while (signal && !of_timer(*signal, info.si_timerid)) signal = signal->next;
  if (!signal) return false;
  const long overrun = signal->info.si_overrun + 1L + info.si_overrun;
  signal->info.si_overrun = static_cast<int>(std::min<long>(overrun, INT_MAX));
  return true;
}

// The bit of a number goes with the last one of it: with none in `rest`, where others would be.
void clear_unless_pending(PendingQueue& queue, const PendingSignal* rest, int number) noexcept {
  while (rest && rest->info.si_signo != number) rest = rest->next;
  if (!rest) queue.set.fetch_and(~signal_bit(number), std::memory_order_relaxed);
}

}  // namespace

long append(PendingQueue& queue, const siginfo_t& info) noexcept {
  const SignalSet bit = signal_bit(info.si_signo);
  if (queue.set.load(std::memory_order_relaxed) & bit) {
    if (info.si_code == SI_TIMER ? count_overrun(queue, info) : info.si_signo < first_realtime) return 0;
  }
  PendingSignal* signal = records.take();
  if (!signal) return append_bare(queue, info);
  pending_limit::count_one_more();
  signal->info = info;
  *queue.end = signal;
  queue.end = &signal->next;
  queue.set.fetch_or(bit, std::memory_order_seq_cst);
  return 0;
}

// As the kernel where there is no room for one: a number says that it pends, and no more. Those that are
// queued for what comes with them are refused.
long append_bare(PendingQueue& queue, const siginfo_t& info) noexcept {
  if (info.si_signo >= first_realtime && info.si_code != SI_USER) return -EAGAIN;
  queue.set.fetch_or(signal_bit(info.si_signo), std::memory_order_seq_cst);
  return 0;
}

long append_within_limit(PendingQueue& queue, const siginfo_t& info) noexcept {
  const bool limited = info.si_signo >= first_realtime || info.si_code < 0;
  return limited && pending_limit::reached() ? append_bare(queue, info) : append(queue, info);
}

// The lowest-numbered first, and of one number the oldest: signal(7).
bool take(PendingQueue& queue, SignalSet wanted, siginfo_t& info) noexcept {
  const SignalSet candidates = queue.set.load(std::memory_order_relaxed) & wanted;
  if (!candidates) return false;
  const SignalSet synchronous = candidates & faults;
  const int number = __builtin_ctzl(synchronous ? synchronous : candidates) + 1;
  PendingSignal** place = &queue.first;
  while (*place && (*place)->info.si_signo != number) place = &(*place)->next;
  if (*place) {
    info = (*place)->info;
    unlink(queue, place);
  } else {
    info = {};
    info.si_signo = number;
  }
  clear_unless_pending(queue, *place, number);
  posix_timers::delivered(info);
  return true;
}

void drop_timer(PendingQueue& queue, int id) noexcept {
  PendingSignal** place = &queue.first;
  while (*place && !of_timer(**place, id)) place = &(*place)->next;
  if (!*place) return;
  const int number = (*place)->info.si_signo;
  unlink(queue, place);
  clear_unless_pending(queue, queue.first, number);
}

void flush(SignalSet set) noexcept {
  flush(process, set);
  static_cast<void>(fibers::any([=](Fiber& fiber) {
    flush(fiber.signals.pending, set);
    return false;
  }));
}

void drop_all(PendingQueue& queue) noexcept {
  queue.first = nullptr;
  queue.end = &queue.first;
  queue.set.store(0, std::memory_order_relaxed);
}

}  // namespace unblock::signals::detail
