// Pending signals: what the kernel would keep in its queues.
#include "fibers/fiber.h"
#include "memory/records.h"
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

}  // namespace

bool append(PendingQueue& queue, const siginfo_t& info) noexcept {
  const SignalSet bit = signal_bit(info.si_signo);
  if (info.si_signo < first_realtime && (queue.set.load(std::memory_order_relaxed) & bit)) return true;
  PendingSignal* signal = records.take();
  if (!signal) return false;
  signal->info = info;
  *queue.end = signal;
  queue.end = &signal->next;
  queue.set.fetch_or(bit, std::memory_order_seq_cst);
  return true;
}

// The lowest-numbered first, and of one number the oldest: signal(7).
bool take(PendingQueue& queue, SignalSet wanted, siginfo_t& info) noexcept {
  const SignalSet candidates = queue.set.load(std::memory_order_relaxed) & wanted;
  if (!candidates) return false;
  const SignalSet synchronous = candidates & faults;
  const int number = __builtin_ctzl(synchronous ? synchronous : candidates) + 1;
  PendingSignal** place = &queue.first;
  while ((*place)->info.si_signo != number) place = &(*place)->next;
  info = (*place)->info;
  unlink(queue, place);
  const PendingSignal* rest = *place;
  while (rest && rest->info.si_signo != number) rest = rest->next;
  if (!rest) queue.set.fetch_and(~signal_bit(number), std::memory_order_relaxed);
  return true;
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
