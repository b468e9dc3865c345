// Fibers asleep on addresses.
#include <catch2/catch.hpp>
#include <cerrno>
#include <vector>

#include "cranked_loop.h"
#include "fake_fiber.h"
#include "waits/parking_lot.h"

using namespace unblock;
using test::woken;

namespace {

constexpr std::uint32_t any = ~0u;

/// Sleepers on words, in order of arrival.
struct Lot {
  explicit Lot(std::size_t sleepers) : processor(loop), fibers(sleepers) {}
  ~Lot() { parking_lot::forget_all(); }

  long sleep(std::size_t who, std::uint32_t& word, std::uint32_t expected = 0, std::uint32_t bitset = any) {
    test::put_to_sleep(fibers[who], processor);
    FutexNode& node = fibers[who].futex_node;
    node.fiber = &fibers[who];
    node.address = address(word);
    node.bitset = bitset;
    return parking_lot::enqueue(node, expected);
  }
  static std::uintptr_t address(const std::uint32_t& word) { return reinterpret_cast<std::uintptr_t>(&word); }
  std::vector<bool> awake() const {
    std::vector<bool> all;
    for (const Fiber& fiber : fibers) all.push_back(woken(fiber));
    return all;
  }

  test::CrankedLoop loop;
  Processor processor;
  std::vector<Fiber> fibers;
};

ParkingBucket& bucket(const std::uint32_t& word) { return parking_lot::bucket_of(Lot::address(word)); }

int wake(const std::uint32_t& word, int count, std::uint32_t bitset = any) {
  return parking_lot::wake(Lot::address(word), count, bitset);
}

int requeue(std::uint32_t& from, std::uint32_t& to, int count) {
  const parking_lot::PairGuard guard(bucket(from), bucket(to));
  return parking_lot::requeue_locked(Lot::address(from), Lot::address(to), count);
}

}  // namespace

TEST_CASE("nobody sleeps on a word that has changed") {
  Lot lot(1);
  std::uint32_t word = 1;
  CHECK(lot.sleep(0, word, 0) == -EAGAIN);
  CHECK(wake(word, 1) == 0);
  CHECK_FALSE(parking_lot::remove(lot.fibers[0].futex_node));
}

TEST_CASE("the longest asleep wake first, as many as asked for") {
  Lot lot(4);
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) REQUIRE(lot.sleep(i, word) == 0);
  CHECK(wake(word, 0) == 0);
  CHECK(wake(word, 2) == 2);
  CHECK(lot.awake() == std::vector{true, true, false, false});
  CHECK(wake(word, 100) == 2);
  CHECK(wake(word, 100) == 0);
}

TEST_CASE("only sleepers of that word wake, even of one in the same bucket") {
  Lot lot(2);
  std::vector<std::uint32_t> words(1 << 20);
  std::size_t other = 1;
  while (&bucket(words[0]) != &bucket(words[other])) ++other;
  REQUIRE(lot.sleep(0, words[0]) == 0);
  REQUIRE(lot.sleep(1, words[other]) == 0);
  CHECK(wake(words[other], 9) == 1);
  CHECK(lot.awake() == std::vector{false, true});
}

TEST_CASE("bitsets choose") {
  Lot lot(3);
  std::uint32_t word = 0;
  REQUIRE(lot.sleep(0, word, 0, 1) == 0);
  REQUIRE(lot.sleep(1, word, 0, 2) == 0);
  REQUIRE(lot.sleep(2, word, 0, 3) == 0);
  CHECK(wake(word, 9, 4) == 0);
  CHECK(wake(word, 9, 2) == 2);
  CHECK(lot.awake() == std::vector{false, true, true});
}

TEST_CASE("a wake-up that comes too late for one goes to the next") {
  Lot lot(2);
  std::uint32_t word = 0;
  REQUIRE(lot.sleep(0, word) == 0);
  REQUIRE(lot.sleep(1, word) == 0);
  REQUIRE(scheduler::claim_wake(lot.fibers[0], -ETIMEDOUT));
  CHECK(wake(word, 1) == 1);
  CHECK(lot.fibers[0].wake_result == -ETIMEDOUT);
  CHECK(woken(lot.fibers[1]));
}

TEST_CASE("one who left is not woken") {
  Lot lot(3);
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 3; ++i) REQUIRE(lot.sleep(i, word) == 0);
  CHECK(parking_lot::remove(lot.fibers[1].futex_node));
  CHECK_FALSE(parking_lot::remove(lot.fibers[1].futex_node));
  CHECK(wake(word, 9) == 2);
  CHECK(lot.awake() == std::vector{true, false, true});
}

TEST_CASE("the requeued wait for the other word, in their order, behind those who were there") {
  Lot lot(4);
  std::uint32_t from = 0, to = 0;
  REQUIRE(lot.sleep(3, to) == 0);
  for (std::size_t i = 0; i < 3; ++i) REQUIRE(lot.sleep(i, from) == 0);
  CHECK(requeue(from, to, 2) == 2);
  CHECK(wake(from, 9) == 1);
  CHECK(lot.awake() == std::vector{false, false, true, false});
  CHECK(wake(to, 2) == 2);
  CHECK(lot.awake() == std::vector{true, false, true, true});
  CHECK(parking_lot::remove(lot.fibers[1].futex_node));
}

TEST_CASE("requeuing to the same word keeps everybody") {
  Lot lot(3);
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 3; ++i) REQUIRE(lot.sleep(i, word) == 0);
  CHECK(requeue(word, word, 9) == 3);
  CHECK(wake(word, 9) == 3);
}

TEST_CASE("whoever wakes is told which of several words it was") {
  Lot lot(1);
  std::uint32_t word = 0;
  lot.fibers[0].futex_node.index = 5;
  REQUIRE(lot.sleep(0, word) == 0);
  CHECK(wake(word, 1) == 1);
  CHECK(lot.fibers[0].wake_result == 5);
}
