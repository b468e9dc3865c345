// Who descends from whom.
#include "fibers/groups.h"

#include "fences.h"
#include "waits/parking_lot.h"
#include "waits/waiting.h"

namespace unblock::groups {

namespace {

constinit Group all[limits::groups + 1];
constinit std::atomic<unsigned> used{1};  // from here on none ever had a fiber

}  // namespace

int vacant() noexcept {
  unsigned number = 0;
  while (number < limits::groups && all[number].fibers.load(std::memory_order_acquire)) ++number;
  if (number == limits::groups) return -1;
  if (number >= used.load(std::memory_order_relaxed)) used.store(number + 1, std::memory_order_release);
  return static_cast<int>(number);
}

void found(Fiber& fiber) noexcept {
  Group& group = of(fiber);
  group.own = nullptr;
  group.founder.store(&fiber, std::memory_order_release);
}

void joined(unsigned group) noexcept {
  std::atomic<int>& fibers = all[group].fibers;
  fibers.store(fibers.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void left(unsigned group) noexcept {
  std::atomic<int>& fibers = all[group].fibers;
  fibers.store(fibers.load(std::memory_order_relaxed) - 1, std::memory_order_release);
}

void tell_who_waits(unsigned number) noexcept {
  Group& group = all[number];
  // A: after the fiber has left the count. Matches B in wait_for_others().
  fences::light();
  if (!group.awaited.load(std::memory_order_relaxed)) return;
  group.ended.fetch_add(1, std::memory_order_seq_cst);
  parking_lot::wake(reinterpret_cast<std::uintptr_t>(&group.ended), 1, ~0u);
}

Group& of(const Fiber& fiber) noexcept { return all[fiber.group]; }

Fiber* founder(pid_t tid) noexcept {
  const unsigned count = used.load(std::memory_order_acquire);
  for (unsigned number = 0; number < count; ++number) {
    Fiber* fiber = all[number].founder.load(std::memory_order_acquire);
    if (fiber && fiber->tid == tid && fiber->live.load(std::memory_order_acquire)) return fiber;
  }
  return nullptr;
}

int count() noexcept {
  int found = 0;
  const unsigned last = used.load(std::memory_order_acquire);
  for (unsigned number = 0; number < last; ++number)
    found += all[number].fibers.load(std::memory_order_acquire) != 0;
  return found;
}

long wait_for_others(Fiber& founder) noexcept {
  Group& group = of(founder);
  const auto alone = [&] { return group.fibers.load(std::memory_order_seq_cst) == 1; };
  const auto word = reinterpret_cast<std::uintptr_t>(&group.ended);
  long result = 0;
  group.awaited.store(true, std::memory_order_seq_cst);
  fences::heavy_or_wait();  // B: after the store. Matches A in tell_who_waits().
  while (result != -EINTR && result != waiting::past_limit && !alone()) {
    const std::uint32_t seen = group.ended.load(std::memory_order_seq_cst);
    if (alone()) break;
    result = waiting::on_address(founder, word, seen, ~0u, never, founder.limit);
  }
  group.awaited.store(false, std::memory_order_relaxed);
  if (alone()) return 0;
  return result == -EINTR ? waiting::restart_if_asked : result;
}

void forget_all() noexcept {
  for (Group& group : all) {
    group.fibers.store(0, std::memory_order_relaxed);
    group.founder.store(nullptr, std::memory_order_relaxed);
    group.awaited.store(false, std::memory_order_relaxed);
  }
}

}  // namespace unblock::groups
