// The hooks on sleeping: past libc's wrappers, each of which sets up its own cancellation, and one of which
// calls another. A hook only routes.
#include <ctime>
#include <unistd.h>

#include "calls/handlers.h"
#include "hooks.h"
#include "next.h"
#include "serve.h"
#include "symbols.h"

using namespace unblock;

namespace unblock::real {

UNBLOCK_SLEEP_HOOKS(UNBLOCK_NEXT)

}  // namespace unblock::real

void hooks::look_up_next_of_sleep() noexcept { UNBLOCK_SLEEP_HOOKS(UNBLOCK_LOOK_UP) }

bool hooks::sleep_interposed(const dl_find_object& libc) noexcept {
  UNBLOCK_SLEEP_HOOKS(UNBLOCK_COMPARE)
  return false;
}

namespace {

// As the kernel answers. By itself: a program without fibers should not pay for the registers it saves.
[[gnu::noinline]] long sleep_served(clockid_t clock, int flags, const timespec* time, timespec* left) {
  return hooks::answer_cancellable(
      *self(), [=](Fiber& fiber) { return calls::clock_nanosleep(fiber, clock, flags, time, left); });
}

}  // namespace

extern "C" {

[[gnu::visibility("default")]] int nanosleep(const timespec* interval, timespec* left) {
  if (!hooks::fiber_to_serve()) return real::nanosleep(interval, left);
  return static_cast<int>(hooks::to_errno(sleep_served(CLOCK_REALTIME, 0, interval, left)));
}

[[gnu::visibility("default")]] int usleep(useconds_t microseconds) {
  if (!hooks::fiber_to_serve()) return real::usleep(microseconds);
  const timespec interval{microseconds / 1'000'000, microseconds % 1'000'000 * 1000L};
  return static_cast<int>(hooks::to_errno(sleep_served(CLOCK_REALTIME, 0, &interval, nullptr)));
}

// Of CPU clocks libc has an opinion of its own.
[[gnu::visibility("default")]] int clock_nanosleep(clockid_t clock, int flags, const timespec* time,
                                                   timespec* left) {
  const bool of_time = clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
  if (!of_time || !hooks::fiber_to_serve()) return real::clock_nanosleep(clock, flags, time, left);
  return static_cast<int>(-sleep_served(clock, flags, time, left));
}

}
