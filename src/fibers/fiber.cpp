// The table of all fibers: control blocks by slot, tids from slots.
#include "fibers/fiber.h"

#include <algorithm>

#include "fibers/groups.h"
#include "fibers/scheduling.h"
#include "lock.h"
#include "memory/memory.h"
#include "stats.h"

namespace unblock {

thread_local constinit Fiber* unblock_self = nullptr;

namespace fibers {

namespace detail {
constinit std::atomic<Fiber*> chunks[limits::max_fibers / chunk_fibers];
constinit std::atomic<std::uint32_t> used{0};
}  // namespace detail

namespace {

using detail::chunk_fibers;
using detail::chunks;
using detail::used;

constexpr std::uint32_t slot_bits = 21;
// The number of a thread's CPU clock has 28 bits for its tid, and futexes have 30: pthread_getcpuclockid(3).
constexpr std::uint32_t generations = ((1u << 28) - limits::first_tid) >> slot_bits;
static_assert(limits::max_fibers <= 1u << slot_bits);

constinit std::atomic<int> alive{0};  // changed by who has the lock
constinit Fiber* unused = nullptr;  // linked by next
constinit Lock lock;

// A tid names slot and generation, so that one is not soon given again.
pid_t tid_of(const Fiber& fiber) noexcept {
  return static_cast<pid_t>(limits::first_tid + ((fiber.generation % generations) << slot_bits | fiber.slot));
}

Fiber* from_new_slot() noexcept {
  const std::uint32_t slot = used.load(std::memory_order_relaxed);
  if (slot == limits::max_fibers) return nullptr;
  auto& chunk = chunks[slot / chunk_fibers];
  if (!chunk.load(std::memory_order_relaxed)) {
    auto* memory = static_cast<Fiber*>(memory::map(chunk_fibers * sizeof(Fiber)));
    if (!memory) return nullptr;
    chunk.store(memory, std::memory_order_release);
  }
  Fiber* fiber = new (chunk.load(std::memory_order_relaxed) + slot % chunk_fibers) Fiber;
  fiber->slot = slot;
  used.store(slot + 1, std::memory_order_release);
  return fiber;
}

// Members that a life leaves behind; the rest is set at creation or clean at the end.
void clean(Fiber& fiber) noexcept {
  fiber.exiting = fiber.main = fiber.in_setxid = fiber.cut_short = fiber.making_helper = false;
  fiber.has_newborns = false;
  fiber.cancellable.store(false, std::memory_order_relaxed);  // a thread may have ended in such a call
  fiber.in_runtime = fiber.native_only = 0;
  fiber.wait.store(Wait::None, std::memory_order_relaxed);
  fiber.limit = never;
  fiber.restart_deadline = 0;
  fiber.cancelled.store(false, std::memory_order_relaxed);
  fiber.clear_tid = nullptr;
  fiber.robust = nullptr;
  fiber.sibling = nullptr;
  fiber.signals.mask.store(0, std::memory_order_relaxed);
  fiber.signals.attention.store(0, std::memory_order_relaxed);
  fiber.signals.restore_mask = false;
  fiber.signals.alternate = {nullptr, SS_DISABLE, 0};
  fiber.name[0] = 0;
  fiber.timed.store(false, std::memory_order_relaxed);
  cpu_time::reset(fiber.cpu);
}

}  // namespace

Fiber* detail::at(std::uint32_t slot) noexcept {
  if (slot >= used.load(std::memory_order_acquire)) return nullptr;
  return chunks[slot / chunk_fibers].load(std::memory_order_acquire) + slot % chunk_fibers;
}

std::uint32_t detail::slots_used() noexcept { return used.load(std::memory_order_acquire); }

Fiber* create(unsigned group) noexcept {
  Guard guard(lock);
  Fiber* fiber = unused;
  if (fiber)
    unused = fiber->next;
  else if (!(fiber = from_new_slot()))
    return nullptr;
  clean(*fiber);
  fiber->next = nullptr;
  ++fiber->generation;
  fiber->tid = tid_of(*fiber);
  fiber->group = static_cast<std::uint8_t>(group);
  groups::joined(group);
  fiber->live.store(true, std::memory_order_release);
  const int count = alive.load(std::memory_order_relaxed) + 1;
  alive.store(count, std::memory_order_relaxed);
  stats::count(stats::fibers_created);
  stats::count(stats::fibers_live);
  stats::raise(stats::fibers_peak, count);
  return fiber;
}

void destroy(Fiber& fiber) noexcept {
  scheduling::forget(fiber);
  if (fiber.scratch) fiber.scratch = memory::resize(fiber.scratch, 0);
  fiber.live.store(false, std::memory_order_release);
  stats::count(stats::fibers_live, -1);
  const unsigned group = fiber.group;
  {
    Guard guard(lock);
    alive.store(alive.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    groups::left(group);
    fiber.next = unused;
    unused = &fiber;
  }
  groups::tell_who_waits(group);
}

Fiber* find(pid_t tid) noexcept {
  if (tid < limits::first_tid) return groups::founder(tid);
  Fiber* fiber = detail::at((tid - limits::first_tid) & ((1u << slot_bits) - 1));
  return fiber && fiber->tid == tid && fiber->live.load(std::memory_order_acquire) ? fiber : nullptr;
}

int live() noexcept { return alive.load(std::memory_order_relaxed); }

void forget_all() noexcept {
  lock.reset();
  const std::uint32_t count = detail::slots_used();
  for (std::uint32_t slot = 0; slot < count; ++slot)
    if (Fiber* fiber = detail::at(slot)) fiber->live.store(false, std::memory_order_relaxed);
  unused = nullptr;
  used.store(0, std::memory_order_relaxed);
  alive.store(0, std::memory_order_relaxed);
  groups::forget_all();
}

}  // namespace fibers
}  // namespace unblock
