// futex_waitv(2): sleeping on several words.
#include <cerrno>
#include <linux/futex.h>
#include <new>

#include "entry/in_place.h"
#include "kernel.h"
#include "memory/memory.h"
#include "user.h"
#include "waits/futex.h"
#include "waits/parking_lot.h"
#include "waits/timeouts.h"
#include "waits/waiting.h"

namespace unblock::futex {

namespace {

constexpr unsigned most_words = 128;  // FUTEX_WAITV_MAX

// 0, an error, or -ENOTSUP for words that only the kernel can watch.
long read_word(const futex_waitv* words, unsigned index, futex_waitv& word) noexcept {
  if (!user::copy(&word, words + index, sizeof word)) return -EFAULT;
  if ((word.flags & ~(FUTEX_32 | FUTEX_PRIVATE_FLAG)) || word.__reserved || !(word.flags & FUTEX_32))
    return -EINVAL;
  if (word.uaddr % sizeof(std::uint32_t)) return -EINVAL;
  return word.flags & FUTEX_PRIVATE_FLAG ? 0 : -ENOTSUP;
}

// Queues on every word, or on none if one of them has changed already.
long enqueue_all(Fiber& fiber, const futex_waitv* words, unsigned count, FutexNode* nodes,
                 unsigned& queued) noexcept {
  for (; queued < count; ++queued) {
    futex_waitv word;
    if (const long error = read_word(words, queued, word)) return error;
    FutexNode& node = *new (nodes + queued) FutexNode;
    node.fiber = &fiber;
    node.address = word.uaddr;
    node.bitset = FUTEX_BITSET_MATCH_ANY;
    node.index = queued;
    if (const long error = parking_lot::enqueue(node, static_cast<std::uint32_t>(word.val))) return error;
  }
  return 0;
}

}  // namespace

long wait_many(Fiber& fiber, const void* raw, unsigned count, unsigned flags, const void* timeout,
               int clock) noexcept {
  const auto* words = static_cast<const futex_waitv*>(raw);
  if (flags || count == 0 || count > most_words || !words) return -EINVAL;
  if (timeout && clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME) return -EINVAL;
  Nanoseconds deadline;
  if (const long error =
          timeouts::from_user(fiber, static_cast<const timespec*>(timeout), clock, false, deadline))
    return error;
  for (unsigned i = 0; i < count; ++i) {
    futex_waitv word;
    const long error = read_word(words, i, word);
    if (error == -ENOTSUP) {
      const long arguments[6] = {
          kernel::word(raw), static_cast<long>(count), 0, kernel::word(timeout), clock, 0};
      return in_place::sleeping(fiber, SYS_futex_waitv, arguments);
    }
    if (error) return error;
  }
  auto* nodes = static_cast<FutexNode*>(memory::resize(nullptr, count * sizeof(FutexNode)));
  if (!nodes) return -ENOMEM;
  unsigned queued = 0;
  const long result = waiting::wait(
      fiber, deadline, [&](Processor&) { return enqueue_all(fiber, words, count, nodes, queued); },
      [&](Processor&) {
        for (unsigned i = 0; i < queued; ++i) parking_lot::remove(nodes[i]);
      });
  static_cast<void>(memory::resize(nodes, 0));
  return result == -EINTR ? waiting::restart_if_asked : result;
}

}  // namespace unblock::futex
