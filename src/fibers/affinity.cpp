// The CPUs of fibers, and those of the kernel threads.
#include "fibers/affinity.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <iterator>

#include "fibers/carrier.h"
#include "fibers/fiber.h"
#include "fibers/scheduling.h"
#include "kernel.h"
#include "lock.h"
#include "user.h"
#include "watchdog/watchdog.h"

namespace unblock::affinity {

namespace {

struct Cpus {
  unsigned long words[limits::cpu_set_words] = {};
};

constinit Lock lock;   // for who widens
constinit Cpus usual;  // once they are: what fibers have that have set nothing
constinit std::atomic<bool> widened{false};

// Of the calling kernel thread.
Cpus ask() noexcept {
  Cpus cpus;
  kernel::call(SYS_sched_getaffinity, 0, sizeof cpus.words, cpus.words);
  return cpus;
}

void tell(pid_t ktid, const Cpus& cpus) noexcept {
  kernel::call(SYS_sched_setaffinity, ktid, sizeof cpus.words, cpus.words);
}

// A program may have pinned its first thread before it made others, which it gives other CPUs: without this
// all of them would stay where the first one is.
void widen(const Cpus& before, const Cpus& all) noexcept {
  Guard guard(lock);
  if (!widened.load(std::memory_order_relaxed)) usual = before;
  widened.store(true, std::memory_order_release);
  carriers::each([&](Carrier& carrier) {
    const pid_t ktid = carrier.ktid.load(std::memory_order_relaxed);
    if (ktid && !carrier.reserved) tell(ktid, all);
  });
  // The processors are counted by what it may run on.
  if (const pid_t ktid = watchdog::kernel_thread()) tell(ktid, all);
}

// Null if they are the kernel thread's.
const unsigned long* kept(const Fiber& fiber) noexcept {
  if (fiber.scheduling && fiber.scheduling->has_cpus) return fiber.scheduling->cpus;
  return widened.load(std::memory_order_acquire) ? usual.words : nullptr;
}

}  // namespace

long set(Fiber& fiber, std::size_t size, const unsigned long* mask) noexcept {
  const Cpus before = ask();
  // What a container leaves of it only the kernel knows.
  if (const long error = kernel::call(SYS_sched_setaffinity, 0, size, mask); error < 0) return error;
  const Cpus given = ask();
  Cpus all = before;
  for (std::size_t i = 0; i < limits::cpu_set_words; ++i) all.words[i] |= given.words[i];
  tell(0, all);
  if (!std::equal(std::begin(all.words), std::end(all.words), before.words)) widen(before, all);
  if (Scheduling* scheduling = scheduling::of(fiber)) {
    scheduling->has_cpus = true;
    std::copy(std::begin(given.words), std::end(given.words), scheduling->cpus);
  }
  return 0;
}

long get(const Fiber& fiber, std::size_t size, unsigned long* mask) noexcept {
  const long known = kernel::call(SYS_sched_getaffinity, 0, size, mask);
  const unsigned long* cpus = known < 0 ? nullptr : kept(fiber);
  if (!cpus) return known;
  return user::copy(mask, cpus, static_cast<std::size_t>(known)) ? known : -EFAULT;
}

void make_real(const Fiber& fiber) noexcept {
  const unsigned long* cpus = kept(fiber);
  if (cpus) kernel::call(SYS_sched_setaffinity, 0, sizeof usual.words, cpus);
}

void forget() noexcept {
  widened.store(false, std::memory_order_relaxed);
  lock.reset();
}

}  // namespace unblock::affinity
