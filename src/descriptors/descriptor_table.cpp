// The table of descriptors.
#include "descriptors/descriptor_table.h"

#include "memory/memory.h"
#include "runtime_limits.h"

namespace unblock::descriptors {

namespace detail {
constinit std::atomic<Entry*> chunks[limits::max_descriptors / limits::descriptor_chunk];
constinit std::atomic<std::uint32_t> epoch{1};
}  // namespace detail

Entry* detail::create(int fd) noexcept {
  if (fd < 0 || static_cast<std::size_t>(fd) >= limits::max_descriptors) return nullptr;
  constexpr std::size_t bytes = limits::descriptor_chunk * sizeof(Entry);
  auto* made = static_cast<Entry*>(memory::map(bytes));  // zeroes: Unknown, not born
  Entry* expected = nullptr;
  auto& chunk = chunks[fd / limits::descriptor_chunk];
  if (made && !chunk.compare_exchange_strong(expected, made)) memory::unmap(made, bytes);
  return find(fd);
}

void learn(Entry* entry, Known what, State seen) noexcept {
  if (!is_private(entry)) return;
  State now = seen;
  while (
      (now & changes) == (seen & changes) &&
      !entry->known.compare_exchange_weak(now, static_cast<State>(now | what), std::memory_order_acq_rel)) {}
}

void renew(Entry& entry, State what) noexcept {
  State now = entry.known.load(std::memory_order_relaxed);
  while (!entry.known.compare_exchange_weak(now, static_cast<State>(((now + one_change) & changes) | what),
                                            std::memory_order_acq_rel)) {}
}

void begin_life(int fd, State known, std::uint8_t guesses) noexcept {
  Entry* entry = find_or_create(fd);
  if (!entry) return;
  entry->kind.store(Kind::Socket, std::memory_order_relaxed);
  renew(*entry, known);
  entry->guesses.store(guesses, std::memory_order_relaxed);
  entry->polls.store(0, std::memory_order_relaxed);
  entry->alone_times.store(0, std::memory_order_relaxed);
  entry->born.store(detail::epoch.load(std::memory_order_relaxed), std::memory_order_relaxed);
}

void end_life(Entry& entry) noexcept {
  const bool ours = entry.born.load(std::memory_order_relaxed) != 0;
  entry.kind.store(Kind::Unknown, std::memory_order_relaxed);
  entry.guesses.store(0, std::memory_order_relaxed);
  entry.polls.store(0, std::memory_order_relaxed);
  if (!ours && !(state_of(&entry) & ~changes)) return;  // nobody can be learning of it
  entry.born.store(0, std::memory_order_relaxed);
  renew(entry, 0);
}

bool is_private(int fd) noexcept { return is_private(find(fd)); }

void shared() noexcept {
  if (detail::epoch.fetch_add(1) == UINT32_MAX) detail::epoch.store(1);
}

}  // namespace unblock::descriptors
