// The heap of deadlines.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "fibers/fiber.h"
#include "waits/deadlines.h"

using namespace unblock;

TEST_CASE("an empty heap has no deadline and nobody who missed one") {
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
  constexpr std::size_t many = 5000;  // more than one growth of the heap
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
