// The table of timers by their ids.
#include "signals/thread_timers.h"

#include "lock.h"
#include "memory/records.h"
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
constinit Records<Timer> records;

Timer*& bucket_of(int id) noexcept { return table[static_cast<unsigned>(id) % limits::timer_buckets]; }

// The link that leads to the timer, or the last one of its bucket.
Timer** find(int id) noexcept {
  Timer** place = &bucket_of(id);
  while (*place && (*place)->id != id) place = &(*place)->next;
  return place;
}

}  // namespace

bool add(int id, pid_t tid) noexcept {
  Guard guard(lock);
  Timer* timer = records.take();
  if (!timer) return false;
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
  records.give_back(timer);
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
  records.forget();
}

}  // namespace unblock::thread_timers
