// The table of timers by their ids.
#include "signals/posix_timers.h"

#include <cerrno>
#include <ctime>

#include "kernel.h"
#include "lock.h"
#include "memory/records.h"
#include "runtime_limits.h"
#include "signals/signals.h"

namespace unblock::posix_timers {

namespace {

struct Timer {
  Timer* next;
  int id;
  pid_t tid;
  int overrun;  // of its last signal that was taken
};

constinit Lock lock;  // guards all of it; taken with the signals' lock held, or none
constinit Timer* table[limits::timer_buckets] = {};
constinit Records<Timer> records;

Timer*& bucket_of(int id) noexcept { return table[static_cast<unsigned>(id) % limits::timer_buckets]; }

// The link that leads to the timer, or the last one of its bucket.
Timer** find(int id) noexcept {
  Timer** place = &bucket_of(id);
  while (*place && (*place)->id != id) place = &(*place)->next;
  return place;
}

bool exists(int id) noexcept {
  itimerspec setting;
  return kernel::call(SYS_timer_gettime, id, &setting) == 0;
}

// What pends of a timer that is for the fiber `tid`, or for the process.
void drop_pending(int id, pid_t tid) noexcept {
  Fiber* fiber = tid ? fibers::find(tid) : nullptr;
  if (tid && !fiber) return;
  Guard guard(signals::detail::lock);
  signals::detail::drop_timer(fiber ? fiber->signals.pending : signals::detail::process, id);
}

}  // namespace

bool add(int id, pid_t tid) noexcept {
  Guard guard(lock);
  Timer* timer = records.take();
  if (!timer) return false;
  *timer = {bucket_of(id), id, tid, 0};
  bucket_of(id) = timer;
  return true;
}

void remove(int id) noexcept {
  pid_t tid = 0;
  {
    Guard guard(lock);
    Timer** place = find(id);
    if (Timer* timer = *place) {
      tid = timer->tid;
      *place = timer->next;
      records.give_back(timer);
    }
  }
  drop_pending(id, tid);
}

void reset(int id) noexcept {
  pid_t tid = 0;
  {
    Guard guard(lock);
    if (Timer* timer = *find(id)) {
      tid = timer->tid;
      timer->overrun = 0;
    }
  }
  drop_pending(id, tid);
}

// One that is not in the table is older than the first thread, or was deleted just after it had rung.
pid_t target(const siginfo_t& info) noexcept {
  if (info.si_code != SI_TIMER) return 0;
  Guard guard(lock);
  if (const Timer* timer = *find(info.si_timerid)) return timer->tid;
  return exists(info.si_timerid) ? 0 : -1;
}

void delivered(const siginfo_t& info) noexcept {
  if (info.si_code != SI_TIMER) return;
  Guard guard(lock);
  if (Timer* timer = *find(info.si_timerid)) timer->overrun = info.si_overrun;
}

int overrun(int id, int counted) noexcept {
  Guard guard(lock);
  const Timer* timer = *find(id);
  return timer ? timer->overrun : counted;
}

void forget() noexcept {
  lock.reset();
  for (Timer*& first : table) first = nullptr;
  records.forget();
}

}  // namespace unblock::posix_timers
