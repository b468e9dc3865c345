// The watchdog's thread, which may be without the process' table of descriptors: while a carrier is the only
// one to share that table, the kernel counts no references in its calls (fdget(), files_struct.count), a
// hundredth of what a request takes. What needs the table, a thread that has it does in its place.
#pragma once

#include <atomic>
#include <csignal>
#include <cstdint>
#include <sys/types.h>

#include "fences.h"

namespace unblock::watchdog {

/// How the watchdog's thread stands to the process' table of descriptors.
enum class Table : std::uint32_t {
  Shared,   ///< has it, as every thread has natively
  Parting,  ///< is about to leave it, unless somebody objects
  Apart,    ///< has an empty one of its own
  Wanted,   ///< the same, and waits for a carrier to make a thread that takes its place
  Coming,   ///< that one is being made
};

namespace detail {
extern std::atomic<Table> table;
void succeed() noexcept;
}  // namespace detail

/// If the watchdog waits for one that takes its place, makes that. Cheap. Any thread that has the process'
/// table; async-signal-safe.
inline void heed() noexcept {
  if (detail::table.load(std::memory_order_relaxed) == Table::Wanted) [[unlikely]]
    detail::succeed();
}

/// Sees to it that the watchdog has the table, and keeps it: before what it must not interrupt to get it, and
/// after that can be seen in the carrier's `call`. As heed().
inline void share_table() noexcept {
  // A: seen first, then looked. Matches B in part().
  fences::light();
  if (detail::table.load(std::memory_order_relaxed) != Table::Shared) [[unlikely]]
    detail::succeed();
}

namespace apart {

/// Starts the first of the watchdog's threads, in `body`. False if there is no memory or no thread for it.
[[nodiscard]] bool start(void (*body)(void*)) noexcept;

/// The kernel's id of the one that is at work, or 0.
[[nodiscard]] pid_t kernel_thread() noexcept;

/// The watchdog's thread keeps its number, and so the table.
void stay() noexcept;

/// First in a thread of the watchdog: the one before it is gone. True if that has left a signal it had
/// received, in `info`.
[[nodiscard]] bool take_over(siginfo_t& info) noexcept;

/// Whether one has left a signal that nobody has taken over.
[[nodiscard]] bool take_left(siginfo_t& info) noexcept;

/// Leaves the table to the only carrier. False if there are others, or it is not to be. The watchdog, which
/// from then on opens what it needs in a table of its own, writes no line and wakes no processor.
[[nodiscard]] bool part() noexcept;

/// Whether the calling thread of the watchdog, apart, is to end: another has taken its place, or cannot until
/// there is room.
[[nodiscard]] bool replaced() noexcept;

/// Leaves `info`, a signal it has received, to the one that takes its place. The watchdog, which then leaves.
void hand_on(const siginfo_t& info) noexcept;

/// Has one that has the table take its place, and returns when that is so, or `stopping`: then there is none.
/// Unless that is to be `at_once`, the carrier has a while to find out by itself, and is kicked only then.
/// The watchdog, which then ends.
void leave(bool at_once, const std::atomic<bool>& stopping) noexcept;

/// In a fork's child there is none.
void forget() noexcept;

}  // namespace apart
}  // namespace unblock::watchdog
