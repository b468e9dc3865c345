// The set of processors, and how they share what is ready.
#include "fibers/processors.h"

#include "embedding.h"
#include "fibers/carrier.h"
#include "kernel.h"
#include "memory/memory.h"
#include "options.h"
#include "siblings/siblings.h"
#include "stats.h"
#include "waits/libev_loop.h"

namespace unblock::processors {

namespace detail {
constinit Processor* all[limits::max_processors];
constinit std::atomic<int> count{0};
}  // namespace detail

namespace {

int available_cpus() noexcept {
  unsigned long set[limits::cpu_set_words] = {};
  const long size = kernel::call(SYS_sched_getaffinity, 0, sizeof set, set);
  int cpus = 0;
  for (std::size_t i = 0; size > 0 && i < static_cast<std::size_t>(size) / sizeof *set; ++i)
    cpus += __builtin_popcountl(set[i]);
  return cpus > 0 ? cpus : 1;
}

// One that sleeps, or null.
Processor* idle_one() noexcept {
  for (int number = 0; number < count(); ++number)
    if (at(number).sleeping.load(std::memory_order_relaxed) && !retired(at(number))) return &at(number);
  return nullptr;
}

}  // namespace

int wanted() noexcept {
  const auto& given = options::values();
  if (given.cooperative || siblings::founded() || embedding::active()) return 1;
  int number = unblock_view.processors.load(std::memory_order_relaxed);
  if (number <= 0) number = given.processors.number ? given.processors.number : available_cpus();
  return number < static_cast<int>(limits::max_processors) ? number
                                                           : static_cast<int>(limits::max_processors);
}

bool limit(int number) noexcept {
  if (number < 0 || number > limits::option_number) return false;
  unblock_view.processors.store(number, std::memory_order_relaxed);
  return true;
}

Processor& stand_in_for(const Processor& retired) noexcept {
  const int most = unblock_view.processors.load(std::memory_order_relaxed);
  return at(most > 0 ? retired.number % most : retired.number);
}

Processor* create() noexcept {
  const int number = count();
  if (number == static_cast<int>(limits::max_processors)) return nullptr;
  EventLoop* loop = make_libev_loop();
  void* memory = loop ? memory::map(sizeof(Processor)) : nullptr;
  if (!memory) return nullptr;
  detail::all[number] = new (memory) Processor(*loop, number);
  detail::count.store(number + 1, std::memory_order_release);
  stats::raise(stats::processors_peak, number + 1);
  return detail::all[number];
}

bool watching(int fd) noexcept {
  for (int number = 0; number < count(); ++number)
    if (at(number).watches.busy(fd)) return true;
  return false;
}

Processor& for_child_of(const Fiber& parent) noexcept {
  Processor& near = *parent.home;
  if (count() == 1 || !near.behind()) return near;
  Processor* idle = idle_one();
  return idle ? *idle : near;
}

Processor& for_woken(const Fiber& woken) noexcept {
  const Fiber* waker = self();
  if (!waker || !waker->home) return *woken.home;
  return waker->carrier->alone() ? at_leisure(*waker->home) : *waker->home;
}

Processor& at_leisure(Processor& near) noexcept {
  if (count() == 1 || near.sleeping.load(std::memory_order_relaxed)) return near;
  Processor* idle = idle_one();
  return idle ? *idle : near;
}

bool relieve_another(Processor& helper) noexcept {
  for (int number = 0; number < count(); ++number) {
    Processor& other = at(number);
    if (&other != &helper && other.needs(helper) && helper.take_from(other)) return true;
  }
  return false;
}

bool any_idle() noexcept { return count() > 1 && idle_one(); }

void call_for_help() noexcept {
  if (Processor* idle = idle_one()) idle->nudge();
}

void close_all_but(Processor* kept) noexcept {
  for (int number = 0; number < count(); ++number) {
    Processor& other = at(number);
    if (&other == kept) continue;
    other.closing.store(true, std::memory_order_release);
    for (; other.holder.load(std::memory_order_acquire); kernel::call(SYS_sched_yield)) other.nudge();
  }
}

void end_all() noexcept {
  for (int number = 0; number < count(); ++number) {
    Processor* ended = &at(number);
    delete &ended->loop();
    ended->~Processor();
    memory::unmap(ended, sizeof(Processor));
  }
  detail::count.store(0, std::memory_order_relaxed);
}

void forget_all() noexcept {
  for (int number = 0; number < count(); ++number) at(number).loop().abandon();
  detail::count.store(0, std::memory_order_relaxed);  // their memory stays: others were in the middle of it
}

}  // namespace unblock::processors
