// Time as the runtime keeps it: nanoseconds of CLOCK_MONOTONIC.
#pragma once

#include <cstdint>
#include <ctime>
#include <limits>

namespace unblock {

using Nanoseconds = std::int64_t;

constexpr Nanoseconds second = 1'000'000'000;
constexpr Nanoseconds never = std::numeric_limits<Nanoseconds>::max();

namespace clock_time {

constexpr Nanoseconds from(const timespec& time) noexcept {
  if (time.tv_sec >= never / second) return never;
  return time.tv_sec * second + time.tv_nsec;
}

constexpr timespec to_timespec(Nanoseconds time) noexcept { return {time / second, time % second}; }

/// True for what the kernel accepts as an interval or a time; EINVAL otherwise.
constexpr bool valid(const timespec& time) noexcept {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < second;
}

/// The clock's time now; the vDSO answers, so it costs no system call for the usual clocks.
inline Nanoseconds now(clockid_t clock = CLOCK_MONOTONIC) noexcept {
  timespec time{};
  clock_gettime(clock, &time);
  return from(time);
}

/// `time` and `interval` after each other, without overflow.
constexpr Nanoseconds after(Nanoseconds time, Nanoseconds interval) noexcept {
  return interval >= never - time ? never : time + interval;
}

}  // namespace clock_time
}  // namespace unblock
