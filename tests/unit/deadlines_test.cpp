// Deadlines in order and out of it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "fibers/fiber.h"
#include "waits/deadlines.h"

using namespace unblock;

TEST_CASE("without fibers there is no deadline and nobody who missed one") {
  Deadlines deadlines;
  CHECK(deadlines.size() == 0);
  CHECK(deadlines.soonest() == never);
  CHECK(deadlines.take_expired(never) == nullptr);
}

TEST_CASE("a deadline expires at its very time") {
  Deadlines deadlines;
  Fiber fiber;
  REQUIRE(deadlines.add(fiber, 100));
  CHECK(deadlines.soonest() == 100);
  CHECK(deadlines.take_expired(99) == nullptr);
  CHECK(deadlines.take_expired(100) == &fiber);
  CHECK(fiber.deadline_slot == 0);
  CHECK(deadlines.size() == 0);
}

TEST_CASE("removing is harmless for a fiber that is not in") {
  Deadlines deadlines;
  Fiber in, out;
  REQUIRE(deadlines.add(in, 5));
  deadlines.remove(out);
  CHECK(deadlines.size() == 1);
  deadlines.remove(in);
  deadlines.remove(in);
  CHECK(deadlines.size() == 0);
  CHECK(deadlines.soonest() == never);
}

TEST_CASE("many come out in order, whoever left before") {
  constexpr std::size_t many = 5000;  // more than one growth
  std::mt19937 random(1);
  std::vector<Fiber> fibers(many);
  std::vector<Nanoseconds> expected;
  Deadlines deadlines;
  for (Fiber& fiber : fibers) REQUIRE(deadlines.add(fiber, random() % 1000));
  for (std::size_t i = 0; i < many; ++i) {
    if (random() % 3 == 0)
      deadlines.remove(fibers[i]);
    else
      expected.push_back(fibers[i].deadline);
  }
  std::sort(expected.begin(), expected.end());
  std::vector<Nanoseconds> got;
  while (Fiber* fiber = deadlines.take_expired(never)) got.push_back(fiber->deadline);
  CHECK(got == expected);
  for (const Fiber& fiber : fibers) CHECK(fiber.deadline_slot == 0);
}

TEST_CASE("equal timeouts that are taken back again and again need no more room") {
  constexpr std::size_t many = 300;
  constexpr Nanoseconds timeout = 1000;
  std::vector<Fiber> fibers(many);
  Deadlines deadlines;
  Nanoseconds now = 0;
  for (Fiber& fiber : fibers) REQUIRE(deadlines.add(fiber, ++now + timeout));
  for (std::size_t i = 0; i < 100 * many; ++i) {
    Fiber& fiber = fibers[i * 7 % many];  // not the one that has waited longest
    deadlines.remove(fiber);
    REQUIRE(deadlines.add(fiber, ++now + timeout));
    REQUIRE(deadlines.size() == many);
  }
  Nanoseconds last = 0;
  for (std::size_t i = 0; i < many; ++i) {
    const Fiber* fiber = deadlines.take_expired(now + timeout);
    REQUIRE(fiber);
    CHECK(fiber->deadline >= last);
    last = fiber->deadline;
  }
  CHECK(deadlines.size() == 0);
}

TEST_CASE("who waits for long and who waits briefly come out in order") {
  constexpr std::size_t many = 1000;
  std::vector<Fiber> fibers(many);
  Deadlines deadlines;
  for (std::size_t i = 0; i < many; ++i)
    REQUIRE(deadlines.add(fibers[i], static_cast<Nanoseconds>(i + (i % 3 == 0 ? 60'000 : 5))));
  for (std::size_t i = 0; i < many; i += 5) deadlines.remove(fibers[i]);
  Nanoseconds last = 0;
  std::size_t count = 0;
  while (const Fiber* fiber = deadlines.take_expired(never)) {
    CHECK(fiber->deadline >= last);
    last = fiber->deadline;
    ++count;
  }
  CHECK(count == many - many / 5);
}
