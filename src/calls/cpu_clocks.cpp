// CPU-time clocks of fibers.
#include "cpu_clocks.h"

#include <algorithm>
#include <cerrno>

#include "fibers/cpu_time.h"
#include "kernel.h"
#include "user.h"
#include "waits/waiting.h"

namespace unblock::calls {

namespace {

constexpr timespec resolution_of_cpu_clocks{0, 1};

timeval to_timeval(Nanoseconds time) noexcept { return {time / second, time % second / 1000}; }

Nanoseconds from_timeval(const timeval& time) noexcept { return time.tv_sec * second + time.tv_usec * 1000; }

}  // namespace

pid_t thread_timed_by(clockid_t clock) noexcept {
  if (clock == CLOCK_THREAD_CPUTIME_ID) return 0;
  // A thread's id, complemented, above three bits: a thread's, and which of its times. clock_getcpuclockid(3)
  constexpr clockid_t of_thread = 4, which = 3, descriptor = 3;
  if (clock >= 0 || !(clock & of_thread) || (clock & which) == descriptor) return -1;
  return ~(clock >> 3);
}

Fiber* timed_by(Fiber& caller, clockid_t clock) noexcept {
  const pid_t tid = thread_timed_by(clock);
  if (tid < 0) return nullptr;
  return tid == 0 ? &caller : fibers::find(tid);
}

long clock_gettime(Fiber& fiber, clockid_t clock, timespec* time) noexcept {
  Fiber* timed = timed_by(fiber, clock);
  if (!timed) return kernel::call(SYS_clock_gettime, clock, time);
  const timespec spent = clock_time::to_timespec(cpu_time::of(*timed));
  return user::copy(time, &spent, sizeof spent) ? 0 : -EFAULT;
}

long clock_getres(Fiber& fiber, clockid_t clock, timespec* resolution) noexcept {
  if (!timed_by(fiber, clock)) return kernel::call(SYS_clock_getres, clock, resolution);
  return !resolution || user::copy(resolution, &resolution_of_cpu_clocks, sizeof *resolution) ? 0 : -EFAULT;
}

// A fiber's time, divided as the process' is; nothing but times is known of a single fiber.
long getrusage(Fiber& fiber, int who, rusage* usage) noexcept {
  if (who != RUSAGE_THREAD) return kernel::call(SYS_getrusage, who, usage);
  rusage own;
  kernel::call(SYS_getrusage, RUSAGE_SELF, &own);
  const Nanoseconds of_process = from_timeval(own.ru_utime) + from_timeval(own.ru_stime);
  const double in_user =
      of_process ? static_cast<double>(from_timeval(own.ru_utime)) / static_cast<double>(of_process) : 1;
  CpuAccount& account = fiber.cpu;
  const Nanoseconds spent = cpu_time::of(fiber);
  const auto user = static_cast<Nanoseconds>(static_cast<double>(spent) * in_user);
  // Neither part goes back.
  account.user = std::clamp(user, account.user, std::max(account.user, spent - account.system));
  account.system = spent - account.user;
  own.ru_utime = to_timeval(account.user);
  own.ru_stime = to_timeval(account.system);
  return user::copy(usage, &own, sizeof own) ? 0 : -EFAULT;
}

long sleep_until_spent(Fiber& fiber, Fiber& timed, Nanoseconds time) noexcept {
  const std::uint32_t generation = timed.generation;
  constexpr Nanoseconds shortest = second / 1000;
  for (;;) {
    const bool alive = timed.live.load(std::memory_order_acquire) && timed.generation == generation;
    const Nanoseconds left = time - cpu_time::of(timed);
    if (!alive || left <= 0) return 0;
    // It cannot get there sooner.
    const Nanoseconds next = clock_time::after(clock_time::now(), std::max(left, shortest));
    if (waiting::until(fiber, next) == -EINTR) return waiting::restart_unhandled;
  }
}

}  // namespace unblock::calls
