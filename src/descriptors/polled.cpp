// Polls, by descriptor.
#include "descriptors/polled.h"

#include "descriptors/descriptor_table.h"
#include "runtime_limits.h"

namespace unblock::descriptors {

void note_poll(int fd, bool found) noexcept {
  if (Entry* entry = find(fd)) entry->polls.store(found ? 0 : limits::polls_per_guess, std::memory_order_relaxed);
}

bool polled_in_vain(int fd) noexcept {
  Entry* entry = find(fd);
  if (!entry) return false;
  const std::uint8_t polls = entry->polls.load(std::memory_order_relaxed);
  if (polls == 0) return false;
  entry->polls.store(polls - 1, std::memory_order_relaxed);
  return true;
}

void note_readable(int fd) noexcept {
  Entry* entry = find(fd);
  if (!entry) return;
  entry->guesses.store(0, std::memory_order_relaxed);
  if (state_of(entry) & Drained) entry->known.fetch_and(static_cast<State>(~Drained));
}

}  // namespace unblock::descriptors
