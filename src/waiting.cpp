// Waits on addresses and descriptors.
#include "waiting.h"

#include "descriptors.h"
#include "parking_lot.h"
#include "stats.h"

namespace unblock::waiting {

long on_address(Fiber& fiber, std::uintptr_t address, std::uint32_t expected, std::uint32_t bitset,
                Nanoseconds deadline) noexcept {
  stats::count(stats::futex_waits);
  FutexNode& node = fiber.futex_node;
  node.fiber = &fiber;
  node.address = address;
  node.bitset = bitset;
  node.index = 0;
  return wait(
      fiber, deadline, [&] { return parking_lot::enqueue(node, expected); },
      [&] { parking_lot::remove(node); });
}

long for_descriptors(Fiber& fiber, IoWaiter* waiters, unsigned count, Nanoseconds deadline) noexcept {
  stats::count(stats::io_waits);
  Watches& watches = fiber.home->watches;
  const auto arm = [&]() -> long {
    for (unsigned i = 0; i < count; ++i) {
      waiters[i].fiber = &fiber;
      if (waiters[i].fd >= 0 && !watches.add(waiters[i])) return -ENOMEM;
    }
    return 0;
  };
  const auto disarm = [&] {
    for (unsigned i = 0; i < count; ++i) watches.remove(waiters[i]);
  };
  return wait(fiber, deadline, arm, disarm);
}

long for_descriptor(Fiber& fiber, int& fd, unsigned events, Nanoseconds deadline, bool exclusive) noexcept {
  IoWaiter& waiter = fiber.io_waiter;
  waiter.fd = fd;
  waiter.events = events;
  waiter.exclusive = exclusive;
  waiter.follows = true;
  const long result = for_descriptors(fiber, &waiter, 1, deadline);
  if (waiter.fd >= 0) fd = waiter.fd;
  return result;
}

}  // namespace unblock::waiting
