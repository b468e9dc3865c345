// Waits on addresses and descriptors.
#include "waits/waiting.h"

#include "descriptors/descriptors.h"
#include "siblings/siblings.h"
#include "stats.h"
#include "waits/own_thread.h"
#include "waits/parking_lot.h"

namespace unblock::waiting {

long detail::set_deadline(Fiber& fiber, Processor& home, Nanoseconds deadline) noexcept {
  Guard guard(home.waits);
  return home.deadlines.add(fiber, deadline) ? 0 : -ENOMEM;
}

void detail::clear_deadline(Fiber& fiber, Processor& home) noexcept {
  Guard guard(home.waits);
  home.deadlines.remove(fiber);
}

long on_address(Fiber& fiber, std::uintptr_t address, std::uint32_t expected, std::uint32_t bitset,
                Nanoseconds deadline, Nanoseconds limit) noexcept {
  stats::count(stats::futex_waits);
  FutexNode& node = fiber.futex_node;
  node.fiber = &fiber;
  node.address = address;
  node.bitset = bitset;
  node.index = 0;
  // One with a limit is woken by its processor when that is over.
  const bool alone = limit == never && own_thread::suits(fiber);
  if (long result; alone && own_thread::wait(fiber, expected, deadline, result)) return result;
  return wait(
      fiber, deadline, limit, [&](Processor&) { return parking_lot::enqueue(node, expected); },
      [&](Processor&) { parking_lot::remove(node); });
}

long detail::watch(Fiber& fiber, Processor& home) noexcept {
  stats::count(stats::io_waits);
  fiber.io_waiter.fiber = &fiber;
  Guard guard(home.waits);
  switch (home.watches.add(fiber.io_waiter)) {
    [[likely]] case Watches::Added::Yes : return 0;
    case Watches::Added::Ready: return ready_now;
    case Watches::Added::No: break;
  }
  return -ENOMEM;
}

void detail::stop_watching(IoWaiter& waiter, Processor& home) noexcept {
  Guard guard(home.waits);
  home.watches.remove(waiter);
}

long for_descriptors(Fiber& fiber, IoWaiter* waiters, unsigned count, Nanoseconds deadline) noexcept {
  stats::count(stats::io_waits);
  if (count == 1 && (waiters->events & Readable)) locality::follow(fiber, waiters->fd);
  const auto arm = [&](Processor& home) -> long {
    Guard guard(home.waits);
    for (unsigned i = 0; i < count; ++i) {
      waiters[i].fiber = &fiber;
      waiters[i].emptied = -1;
      waiters[i].told = 0;
      if (waiters[i].fd >= 0 && home.watches.add(waiters[i]) != Watches::Added::Yes) return -ENOMEM;
    }
    return 0;
  };
  const auto disarm = [&](Processor& home) {
    // An event took it out before it woke the fiber.
    if (count == 1 && !waiters->queued) return;
    Guard guard(home.waits);
    for (unsigned i = 0; i < count; ++i) home.watches.remove(waiters[i]);
  };
  return wait(fiber, deadline, arm, disarm);
}

long for_descriptor(Fiber& fiber, int& fd, unsigned events, Nanoseconds deadline, bool exclusive) noexcept {
  // A listener is everybody's, and waited for exclusively.
  if ((events & Readable) && !exclusive) locality::follow(fiber, fd);
  const siblings::Undivided whole(fiber, fiber.sibling && !exclusive && siblings::share(fd));
  IoWaiter& waiter = fiber.io_waiter;
  waiter.fd = fd;
  waiter.events = events;
  waiter.exclusive = exclusive;
  const long result = detail::wait_for_own(fiber, deadline);
  waiter.emptied = -1;  // it was told of more, and need not read that
  if (waiter.fd >= 0) fd = waiter.fd;
  return result;
}

}  // namespace unblock::waiting
