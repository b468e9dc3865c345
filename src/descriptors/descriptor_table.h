// What is kept of each descriptor, and the rules by which it is.
#pragma once

#include <atomic>
#include <cstdint>

#include "descriptors/descriptors.h"
#include "runtime_limits.h"

namespace unblock::descriptors {

/// What the kernel said of a descriptor and nobody can have changed.
enum Known : std::uint16_t {
  Blocking = 1,
  NonBlocking = 2,
  NoReceiveTimeout = 4,
  NoSendTimeout = 8,
  Drained = 16,
  ByteStream = 32,
  Untimed = 64,   // never had a timeout, nor has what it accepted
  Unasked = 128,  // accepted, and not read from yet
  Listens = 256,  // gave connections
};

/// What is known, and above it how often that was changed: an answer of the kernel's is kept only if nobody
/// has changed what it is about, or reused the number, since the kernel was asked.
using State = std::uint16_t;
constexpr State one_change = 0x200, changes = 0xfe00;

struct Entry {
  std::atomic<Kind> kind;
  std::atomic<std::uint8_t> guesses;  // how many more reads wait before they ask
  std::atomic<State> known;
  std::atomic<std::uint32_t> born;  // the epoch it was made in; 0: not known
  std::atomic<std::uint64_t> receive_timeout,
      send_timeout;  // microseconds, in the place of `known` its changes
  std::atomic<std::uint32_t> accepter;    // of a listener: the slot of the fiber that was last at it,
  std::atomic<std::uint8_t> alone_times;  // and how often before without another in between
  std::atomic<std::uint8_t> polls;  // how many more of those with it wait before they ask
  std::atomic<bool> watched;  // the watches of some processor may have the number for its present file
};

namespace detail {
extern std::atomic<Entry*> chunks[limits::max_descriptors / limits::descriptor_chunk];
extern std::atomic<std::uint32_t> epoch;  // grows whenever another process may get descriptors
}  // namespace detail

/// What is kept of `fd`, or null. Any thread; lock-free.
[[nodiscard]] inline Entry* find(int fd) noexcept {
  if (fd < 0 || static_cast<std::size_t>(fd) >= limits::max_descriptors) return nullptr;
  Entry* chunk = detail::chunks[fd / limits::descriptor_chunk].load(std::memory_order_acquire);
  return chunk ? chunk + fd % limits::descriptor_chunk : nullptr;
}
namespace detail {
[[nodiscard]] Entry* create(int fd) noexcept;
}
/// The same, made if need be. Null if there is no memory.
[[nodiscard]] inline Entry* find_or_create(int fd) noexcept {
  Entry* entry = find(fd);
  return entry ? entry : detail::create(fd);
}

/// Whether no other process can have it since it was made.
[[nodiscard]] inline bool is_private(const Entry* entry) noexcept {
  return entry &&
         entry->born.load(std::memory_order_relaxed) == detail::epoch.load(std::memory_order_relaxed);
}

/// Whether `what` is known, and nobody else can have changed it.
[[nodiscard]] inline bool knows(const Entry* entry, Known what) noexcept {
  return is_private(entry) && (entry->known.load(std::memory_order_relaxed) & what);
}

/// Whether it is known that the program wants calls on `fd` not to wait. Asks nobody. Any thread.
[[nodiscard]] inline bool never_waits(int fd) noexcept { return knows(find(fd), NonBlocking); }

/// What is known, with the count of its changes: to be taken before the kernel is asked.
[[nodiscard]] inline State state_of(const Entry* entry) noexcept {
  return entry ? entry->known.load(std::memory_order_acquire) : State{0};
}

/// The kernel said so, asked after `seen` was the state.
void learn(Entry* entry, Known what, State seen) noexcept;

/// From now on only `what` is known.
void renew(Entry& entry, State what) noexcept;

/// A new socket of this process' own has the number `fd`, of which `known` is known.
void begin_life(int fd, State known, std::uint8_t guesses) noexcept;
/// The number of `entry` is about to be free, or another file's.
void end_life(Entry& entry) noexcept;

}  // namespace unblock::descriptors
