// Waking by a few words, and what is left to those who take longer.
#include <catch2/catch.hpp>
#include <cerrno>

#include "cranked_loop.h"
#include "fake_fiber.h"
#include "fibers/carrier.h"
#include "waits/brief_wake.h"
#include "waits/parking_lot.h"

using namespace unblock;

namespace {

/// A fiber that runs, the waker, and one that sleeps on a word unless it was not put there.
struct Pair {
  Pair() : processor(loop) {
    carrier.processor = &processor;
    carrier.claim.store(Claim::Outside);
    waker.carrier = &carrier;
    waker.home = &processor;
  }
  ~Pair() { parking_lot::forget_all(); }

  void sleep() {
    test::put_to_sleep(sleeper, processor);
    FutexNode& node = sleeper.futex_node;
    node.fiber = &sleeper;
    node.address = address();
    node.bitset = ~0u;
    REQUIRE(parking_lot::enqueue(node, 0) == 0);
  }
  std::uintptr_t address() const { return reinterpret_cast<std::uintptr_t>(&word); }
  long wake(int count = 1) { return futex::wake_briefly(waker, address(), count); }
  bool asleep() { return !test::woken(sleeper) && parking_lot::remove(sleeper.futex_node); }

  test::CrankedLoop loop;
  Processor processor;
  Carrier carrier;
  Fiber waker, sleeper;
  std::uint32_t word = 0;
};

}  // namespace

TEST_CASE("where nobody sleeps nobody is woken, however many were asked for") {
  Pair pair;
  CHECK(pair.wake() == 0);
  CHECK(pair.wake(9) == 0);
  CHECK(pair.carrier.claim.load() == Claim::Outside);
}

TEST_CASE("one woken briefly is ready at the waker's processor, which may be retaken again") {
  Pair pair;
  pair.sleep();
  CHECK(pair.wake() == 1);
  CHECK(test::woken(pair.sleeper));
  CHECK_FALSE(parking_lot::remove(pair.sleeper.futex_node));
  pair.processor.poll();
  CHECK(pair.processor.pick() == &pair.sleeper);
  CHECK(pair.carrier.claim.load() == Claim::Outside);
  CHECK(pair.wake() == 0);
}

TEST_CASE("a waker without a processor wakes nobody briefly") {
  Pair pair;
  pair.sleep();
  pair.carrier.claim.store(Claim::None);
  CHECK(pair.wake() < 0);
  CHECK(pair.asleep());
}

TEST_CASE("nor does one who may wake several, or whose processor's loop is waited for elsewhere") {
  Pair pair;
  pair.sleep();
  CHECK(pair.wake(2) < 0);
  pair.processor.sleeping.store(true);
  CHECK(pair.wake() < 0);
  CHECK(pair.carrier.claim.load() == Claim::Outside);
  CHECK(pair.asleep());
}

TEST_CASE("what others are about to change is left to them") {
  Pair pair;
  pair.sleep();
  ParkingBucket& bucket = parking_lot::bucket_of(pair.address());
  bucket.lock.lock();
  CHECK(pair.wake() < 0);
  bucket.lock.unlock();
  REQUIRE(scheduler::claim_wake(pair.sleeper, -ETIMEDOUT));
  CHECK(pair.wake() < 0);
  CHECK(pair.sleeper.wake_result == -ETIMEDOUT);
  CHECK(parking_lot::remove(pair.sleeper.futex_node));
}
