// What the kernel would keep of a thread's signals.
#pragma once

#include <atomic>
#include <csignal>
#include <cstdint>

#include "lock.h"

namespace unblock {

/// A set of signals, signal n at bit n - 1: the kernel's sigset_t.
using SignalSet = std::uint64_t;

constexpr SignalSet signal_bit(int signal) noexcept { return SignalSet{1} << (signal - 1); }

/// A pending signal. Pooled; ends up in one fiber's queue or the process'.
struct PendingSignal {
  siginfo_t info;
  PendingSignal* next = nullptr;
};

/// Pending signals in order of arrival, and their set. Guarded by the signals lock.
struct PendingQueue {
  std::atomic<SignalSet> set{0};
  PendingSignal* first = nullptr;
  PendingSignal** end = &first;  ///< where the next one goes
};

/// A fiber's signals. `mask` is written by the fiber alone and read by those who look for a target.
struct SignalState {
  /// Nonzero when there is something to deliver; what an interruptible call checks last.
  std::atomic<std::uint64_t> attention{0};
  std::atomic<SignalSet> mask{0};
  PendingQueue pending;
  /// The set a sigwait(3) waits for; 0: it does not. Changed with the lock only: a signal for one that waits
  /// is queued before that goes, else it would be taken for one that is not blocked.
  std::atomic<SignalSet> awaited{0};
  SignalSet saved_mask = 0;  ///< of a sigsuspend or ppoll: restored after its handlers
  bool restore_mask = false;
  stack_t alternate{nullptr, SS_DISABLE, 0};
};

}  // namespace unblock
