// Counters of what the runtime did, and the table of them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "runtime_limits.h"

// name, what a reader of the table should know
#define UNBLOCK_COUNTERS(X)                                        \
  X(fibers_created, "threads the program made that run as fibers") \
  X(fibers_live, "of them, those that have not ended")             \
  X(fibers_peak, "the most there were at once")                    \
  X(carriers_peak, "the most kernel threads that ran them")        \
  X(switches, "changes from one fiber to another")                 \
  X(parks, "fibers put to sleep")                                  \
  X(wakes, "fibers made ready again")                              \
  X(processors_peak, "the most that shared the ready ones")        \
  X(steals, "times an idle processor took some from another")      \
  X(follows, "fibers that moved to where their packets arrive")    \
  X(polls, "times the event loop asked the kernel")                \
  X(handoffs, "calls that gave their processor away beforehand")   \
  X(retakes, "calls that lasted, so that the watchdog took it")    \
  X(in_place_calls, "calls that blocked a kernel thread")          \
  X(futex_waits, "sleeps on a lock, a condition, a join")          \
  X(futex_wakes, "fibers woken from one")                          \
  X(futex_kernel_wakes, "kernel threads woken from one")           \
  X(io_waits, "waits for a descriptor")                            \
  X(siblings_created, "connections served by a flow of their own") \
  X(siblings_peak, "the most there were at once")                  \
  X(slices_copied, "slices of the shared stack put away or back")  \
  X(pages_copied, "pages of --private-globals put away or back")    \
  X(signals_delivered, "signal handlers run in a fiber")

namespace unblock::stats {

#define UNBLOCK_ENUMERATOR(name, meaning) name,
enum Counter : unsigned { UNBLOCK_COUNTERS(UNBLOCK_ENUMERATOR) counter_count };
#undef UNBLOCK_ENUMERATOR

namespace detail {
// A line of its own: these are written all the time, their neighbours should not pay for it.
struct alignas(limits::cache_line) Counters {
  std::atomic<std::int64_t> values[counter_count];
};
extern Counters counters;
extern bool kept;
}  // namespace detail

/// Whether to count at all; without anybody to read them the counters cost one load. While there is one
/// thread.
inline void keep(bool wanted) noexcept { detail::kept = wanted; }
[[nodiscard]] inline bool kept() noexcept { return detail::kept; }

/// Adds `amount`, which may be negative, and returns the new value. Relaxed: counters order nothing.
/// Async-signal-safe, from any thread; so are all functions here but print().
inline std::int64_t count(Counter counter, std::int64_t amount = 1) noexcept {
  if (!detail::kept) return 0;
  return detail::counters.values[counter].fetch_add(amount, std::memory_order_relaxed) + amount;
}

/// Makes `counter` at least `value`; for peaks.
inline void raise(Counter counter, std::int64_t value) noexcept {
  if (!detail::kept) return;
  auto& peak = detail::counters.values[counter];
  std::int64_t seen = peak.load(std::memory_order_relaxed);
  while (seen < value && !peak.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {}
}

[[nodiscard]] inline std::int64_t value(Counter counter) noexcept {
  return detail::counters.values[counter].load(std::memory_order_relaxed);
}

/// A counter's name and what a reader of the table should know; both end with a zero.
struct Label {
  std::string_view name;
  std::string_view meaning;
};

#define UNBLOCK_LABEL(name, meaning) {#name, meaning},
constexpr Label labels[] = {UNBLOCK_COUNTERS(UNBLOCK_LABEL)};
#undef UNBLOCK_LABEL

/// Sets all counters to zero: a fork's child starts its own count.
void reset() noexcept;

/// What became of the syscall instructions of one loaded object.
struct Object {
  const char* name;
  std::size_t sites;  ///< found, save for those that make a call which always goes to the kernel
  std::size_t jumps;  ///< rewritten into a jump
  std::size_t traps;  ///< rewritten into a two-byte trap
  std::size_t left;   ///< left alone, each for a reason the log names
};

/// Writes the counters and, if there are any, the objects to stderr as a table, in one write. Uses
/// one static buffer: one thread at a time. Neither allocates nor locks.
void print(std::span<const Object> objects) noexcept;

}  // namespace unblock::stats
