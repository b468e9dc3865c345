// The locks of a thread that ends.
#include <climits>
#include <linux/futex.h>

#include "kernel.h"
#include "user.h"
#include "waits/futex.h"
#include "waits/futex_pi.h"

namespace unblock::futex {

namespace {

// Marks a lock as its dead owner's and wakes one who waits for it. See the kernel's
// Documentation/locking/robust-futexes.rst.
void release(Fiber& fiber, std::uint32_t* word, bool inherits_priority, bool pending) noexcept {
  std::uint32_t seen;
  if (!user::load(word, seen)) return;
  if (inherits_priority) {
    futex_pi::owner_died(fiber, word);
    return;
  }
  for (;;) {
    // Died between the unlock and the wake-up: the wake-up is due all the same.
    if (pending && seen == 0) {
      wake(word, 1);
      return;
    }
    if ((seen & FUTEX_TID_MASK) != static_cast<std::uint32_t>(fiber.tid)) return;
    std::uint32_t expected = seen;
    if (!user::compare_exchange(word, expected, (seen & FUTEX_WAITERS) | FUTEX_OWNER_DIED)) return;
    if (expected == seen) break;
    seen = expected;
  }
  if (seen & FUTEX_WAITERS) wake(word, 1);
}

}  // namespace

void release_robust_list(Fiber& fiber) noexcept {
  robust_list_head* head = fiber.robust;
  robust_list_head copy;
  if (!head || !user::copy(&copy, head, sizeof copy)) return;
  const auto word_of = [&](std::uintptr_t entry) {
    return reinterpret_cast<std::uint32_t*>((entry & ~std::uintptr_t{1}) +
                                            static_cast<std::uintptr_t>(copy.futex_offset));
  };
  const auto pending = reinterpret_cast<std::uintptr_t>(copy.list_op_pending);
  auto entry = reinterpret_cast<std::uintptr_t>(copy.list.next);
  for (int steps = 0; steps < ROBUST_LIST_LIMIT; ++steps) {
    auto* link = reinterpret_cast<robust_list*>(entry & ~std::uintptr_t{1});
    if (link == &head->list) break;
    robust_list next;
    const bool readable = user::copy(&next, link, sizeof next);
    if (entry != pending) release(fiber, word_of(entry), entry & 1, false);
    if (!readable) return;
    entry = reinterpret_cast<std::uintptr_t>(next.next);
  }
  if (pending) release(fiber, word_of(pending), pending & 1, true);
}

}  // namespace unblock::futex
