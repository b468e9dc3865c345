// The table of timers by their ids.
#include "signals/thread_timers.h"

#include "lock.h"
#include "memory/memory.h"
#include "runtime_limits.h"

namespace unblock::thread_timers {

namespace {

struct Timer {
  Timer* next;
  int id;
  pid_t tid;
};

constinit Lock lock;  // guards all of it
constinit Timer* table[limits::timer_buckets] = {};
constinit Timer* unused = nullptr;

Timer*& bucket_of(int id) noexcept { return table[static_cast<unsigned>(id) % limits::timer_buckets]; }

// The link that leads to the timer, or the last one of its bucket.
Timer** find(int id) noexcept {
  Timer** place = &bucket_of(id);
  while (*place && (*place)->id != id) place = &(*place)->next;
  return place;
}

bool have_unused() noexcept {
  if (unused) return true;
  auto* timers = static_cast<Timer*>(memory::map(limits::page));
  for (std::size_t i = 0; timers && i < limits::page / sizeof(Timer); ++i) {
    timers[i].next = unused;
    unused = &timers[i];
  }
  return timers != nullptr;
}

}  // namespace

bool add(int id, pid_t tid) noexcept {
  Guard guard(lock);
  if (!have_unused()) return false;
  Timer* timer = unused;
  unused = timer->next;
  *timer = {bucket_of(id), id, tid};
  bucket_of(id) = timer;
  return true;
}

void remove(int id) noexcept {
  Guard guard(lock);
  Timer** place = find(id);
  Timer* timer = *place;
  if (!timer) return;
  *place = timer->next;
  timer->next = unused;
  unused = timer;
}

pid_t target(const siginfo_t& info) noexcept {
  if (info.si_code != SI_TIMER) return 0;
  Guard guard(lock);
  const Timer* timer = *find(info.si_timerid);
  return timer ? timer->tid : 0;
}

void forget() noexcept {
  lock.reset();
  for (Timer*& first : table) first = nullptr;
  unused = nullptr;
}

}  // namespace unblock::thread_timers
