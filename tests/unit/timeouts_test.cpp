// Timeouts as programs give them.
#include <catch2/catch.hpp>
#include <cerrno>
#include <limits>

#include "waits/timeouts.h"

using namespace unblock;

namespace {

constexpr Nanoseconds slack = 5 * second;

bool is_about(Nanoseconds time, Nanoseconds expected) { return time >= expected && time < expected + slack; }

}  // namespace

TEST_CASE("no timeout is never") {
  Fiber fiber;
  Nanoseconds deadline = 0;
  CHECK(timeouts::from_user(fiber, nullptr, CLOCK_REALTIME, false, deadline) == 0);
  CHECK(deadline == never);
  CHECK(timeouts::from_milliseconds(fiber, -1) == never);
}

TEST_CASE("an interval ends that much later") {
  Fiber fiber;
  Nanoseconds deadline = 0;
  const timespec timeout{100, 5};
  const Nanoseconds now = clock_time::now();
  CHECK(timeouts::from_user(fiber, &timeout, CLOCK_MONOTONIC, true, deadline) == 0);
  CHECK(is_about(deadline, now + 100 * second + 5));
  CHECK(is_about(timeouts::from_milliseconds(fiber, 1500), now + 1500 * (second / 1000)));
}

TEST_CASE("times of other clocks become ours; those that are past become the earliest") {
  Fiber fiber;
  Nanoseconds deadline = 0;
  timespec timeout;
  clock_gettime(CLOCK_REALTIME, &timeout);
  const Nanoseconds now = clock_time::now();
  timeout.tv_sec += 60;
  CHECK(timeouts::from_user(fiber, &timeout, CLOCK_REALTIME, false, deadline) == 0);
  CHECK(is_about(deadline, now + 59 * second));
  timeout = {1, 0};
  CHECK(timeouts::from_user(fiber, &timeout, CLOCK_REALTIME, false, deadline) == 0);
  CHECK(deadline == 1);
  CHECK(timeouts::to_monotonic(12345, CLOCK_MONOTONIC) == 12345);
  CHECK(timeouts::to_monotonic(never, CLOCK_REALTIME) == never);
}

TEST_CASE("an interval without end is never") {
  Fiber fiber;
  Nanoseconds deadline = 0;
  const timespec timeout{std::numeric_limits<time_t>::max(), 999'999'999};
  CHECK(timeouts::from_user(fiber, &timeout, CLOCK_MONOTONIC, true, deadline) == 0);
  CHECK(deadline == never);
}

TEST_CASE("what the kernel refuses is refused") {
  Fiber fiber;
  Nanoseconds deadline = 0;
  for (const timespec timeout : {timespec{-1, 0}, timespec{0, -1}, timespec{0, second}}) {
    INFO(timeout.tv_sec << " s " << timeout.tv_nsec << " ns");
    CHECK(timeouts::from_user(fiber, &timeout, CLOCK_MONOTONIC, true, deadline) == -EINVAL);
  }
}

TEST_CASE("a call that goes on after a signal keeps its deadline, once") {
  Fiber fiber;
  fiber.restart_deadline = 777;
  CHECK(timeouts::after(fiber, second) == 777);
  CHECK(fiber.restart_deadline == 0);
  CHECK(timeouts::after(fiber, second) > 777);
  fiber.restart_deadline = 778;
  CHECK(timeouts::from_milliseconds(fiber, -1) == 778);
}
