// The run queue, the inbox and the rounds of a processor.
#include <catch2/catch.hpp>
#include <cerrno>
#include <thread>
#include <vector>
#include <x86intrin.h>

#include "cranked_loop.h"
#include "fake_fiber.h"

using namespace unblock;
using test::CrankedLoop;

namespace {

struct Fixture {
  Fixture() : processor(loop), fibers(1000) {
    for (Fiber& fiber : fibers) fiber.home = &processor;
  }
  CrankedLoop loop;
  Processor processor;
  std::vector<Fiber> fibers;
};

// Computes until a busy processor is to look at its loop.
void compute() {
  const std::uint64_t start = __rdtsc();
  while (__rdtsc() - start <= limits::busy_poll_cycles) {}
}

}  // namespace

TEST_CASE_METHOD(Fixture, "with nobody ready, the loop waits for the soonest deadline") {
  CHECK(processor.pick() == nullptr);
  processor.poll();
  CHECK(loop.asked_until == never);
  const Nanoseconds later = clock_time::now() + 1000 * second;
  REQUIRE(processor.deadlines.add(fibers[0], later));
  processor.poll();
  CHECK(loop.asked_until == later);
  CHECK(processor.pick() == nullptr);
  processor.deadlines.remove(fibers[0]);
}

TEST_CASE_METHOD(Fixture, "with somebody ready, the loop does not wait") {
  processor.push(fibers[0]);
  processor.poll();
  CHECK(loop.asked_until == 0);
  CHECK(processor.pick() == &fibers[0]);
}

TEST_CASE_METHOD(Fixture, "fibers run in the order they became ready, posted or pushed") {
  processor.post(fibers[0]);
  processor.post(fibers[1]);
  processor.poll();
  processor.push(fibers[2]);
  CHECK(processor.pick() == &fibers[0]);
  CHECK(processor.pick() == &fibers[1]);
  processor.poll();
  CHECK(processor.pick() == &fibers[2]);
}

TEST_CASE_METHOD(Fixture, "who becomes ready in a round waits for the next one") {
  processor.push(fibers[0]);
  processor.push(fibers[1]);
  processor.poll();
  const int polls = loop.polls;
  CHECK(processor.pick() == &fibers[0]);
  processor.push(fibers[0]);
  CHECK(processor.pick() == &fibers[1]);
  CHECK(loop.polls == polls);  // not asked in the middle
  processor.poll();
  CHECK(processor.pick() == &fibers[0]);
}

TEST_CASE_METHOD(Fixture, "the loop gets its turn however often a busy processor is asked for a fiber") {
  processor.push(fibers[0]);
  processor.poll();
  compute();
  REQUIRE(processor.pick() == &fibers[0]);
  processor.push(fibers[0]);  // as one that yields
  CHECK(processor.pick() == nullptr);
  CHECK(processor.pick() == nullptr);
  processor.poll();
  CHECK(processor.pick() == &fibers[0]);
}

TEST_CASE_METHOD(Fixture, "the loop gets its turn in each of several long rounds") {
  processor.push(fibers[0]);
  processor.poll();
  for (int round = 0; round < 2 * limits::rounds_unclocked; ++round) {
    INFO(round);
    REQUIRE(processor.pick() == &fibers[0]);
    compute();
    processor.push(fibers[0]);
    CHECK(processor.pick() == nullptr);  // asked by the fiber that leaves
    // And by the idle loop: no round lies in between, not even a short one.
    CHECK(processor.pick() == nullptr);
    processor.poll();
  }
}

TEST_CASE_METHOD(Fixture, "every fiber picked moves the tick") {
  for (int i = 0; i < 10; ++i) processor.push(fibers[static_cast<std::size_t>(i)]);
  processor.poll();
  const auto before = processor.tick.load();
  for (int i = 0; i < 10; ++i) REQUIRE(processor.pick());
  CHECK(processor.tick == before + 10);
}

TEST_CASE_METHOD(Fixture, "whoever posts to a sleeping processor wakes its loop, once") {
  processor.post(fibers[0]);
  CHECK(loop.wakes == 0);  // nobody slept
  processor.poll();
  REQUIRE(processor.pick() == &fibers[0]);
  static Fixture* self;
  self = this;
  loop.on_poll = [](CrankedLoop&) noexcept {
    self->processor.post(self->fibers[1]);
    self->processor.post(self->fibers[2]);
  };
  processor.poll();
  CHECK(loop.wakes == 1);
  CHECK_FALSE(processor.sleeping);
  CHECK(processor.pick() == &fibers[1]);
  CHECK(processor.pick() == &fibers[2]);
}

TEST_CASE_METHOD(Fixture, "what was posted just before sleeping is seen") {
  processor.post(fibers[0]);
  processor.poll();
  CHECK(loop.asked_until == 0);
  CHECK(processor.pick() == &fibers[0]);
}

TEST_CASE_METHOD(Fixture, "those who missed their deadline wake with ETIMEDOUT, others wait on") {
  for (std::size_t i = 0; i < 3; ++i) test::put_to_sleep(fibers[i], processor);
  REQUIRE(processor.deadlines.add(fibers[0], 2));
  REQUIRE(processor.deadlines.add(fibers[1], 1));
  REQUIRE(processor.deadlines.add(fibers[2], clock_time::now() + 1000 * second));
  processor.poll();
  CHECK(processor.pick() == &fibers[1]);
  CHECK(processor.pick() == &fibers[0]);
  CHECK(processor.pick() == nullptr);
  CHECK(fibers[0].wake_result == -ETIMEDOUT);
  CHECK_FALSE(test::woken(fibers[2]));
  processor.deadlines.remove(fibers[2]);
}

TEST_CASE_METHOD(Fixture, "a deadline that comes after a wake-up changes nothing") {
  test::put_to_sleep(fibers[0], processor);
  REQUIRE(processor.deadlines.add(fibers[0], 1));
  REQUIRE(scheduler::wake(fibers[0], 0));
  processor.poll();
  CHECK(processor.pick() == &fibers[0]);
  CHECK(processor.pick() == nullptr);
  CHECK(fibers[0].wake_result == 0);
}

TEST_CASE_METHOD(Fixture,
                 "what becomes ready while the holder computes is seen by another, and for others to take") {
  test::put_to_sleep(fibers[0], processor);
  test::put_to_sleep(fibers[1], processor);
  fibers[0].io_waiter.fiber = &fibers[0];
  fibers[0].io_waiter.fd = 7;
  fibers[0].io_waiter.events = Readable;
  REQUIRE(processor.watches.add(fibers[0].io_waiter) == Watches::Added::Yes);
  REQUIRE(processor.deadlines.add(fibers[1], 1));
  loop.report(7, Readable);
  processor.waits.lock();
  processor.watches.about_to_wait();
  processor.look_for_holder();
  CHECK(loop.polls == 0);  // the holder was at it
  processor.watches.waited();
  processor.waits.unlock();
  processor.look_for_holder();
  CHECK(loop.asked_until == 0);
  Processor other(loop);
  CHECK(other.take_from(processor));
  other.poll();
  CHECK(other.pick() == &fibers[0]);
  CHECK(other.pick() == &fibers[1]);
  CHECK(fibers[1].wake_result == -ETIMEDOUT);
}

TEST_CASE_METHOD(Fixture, "nothing that several threads post is lost, and each one's order is kept") {
  std::vector<std::thread> posters;
  for (std::size_t which = 0; which < 4; ++which)
    posters.emplace_back([this, which] {
      for (std::size_t i = which * 250; i < (which + 1) * 250; ++i) processor.post(fibers[i]);
    });
  std::vector<std::size_t> next{0, 250, 500, 750};
  for (int picked = 0; picked < 1000;) {
    processor.poll();
    while (Fiber* fiber = processor.pick()) {
      const auto index = static_cast<std::size_t>(fiber - fibers.data());
      REQUIRE(index == next[index / 250]++);
      ++picked;
    }
  }
  for (auto& poster : posters) poster.join();
}

TEST_CASE_METHOD(Fixture, "one that rests is told of deadlines, and woken by who posts") {
  test::put_to_sleep(fibers[0], processor);
  const Nanoseconds later = clock_time::now() + 1000 * second;
  REQUIRE(processor.deadlines.add(fibers[0], later));
  processor.look();
  CHECK(loop.asked_until == 0);
  CHECK_FALSE(processor.sleeping);
  processor.rest();
  CHECK(loop.expected == later);
  CHECK(loop.wakes == 0);
  processor.post(fibers[1]);
  processor.post(fibers[2]);
  CHECK(loop.wakes == 1);
  // What wakes it is left alone until it comes.
  const int polls = loop.polls;
  processor.look_for_holder();
  CHECK(loop.polls == polls);
  processor.look();
  CHECK(processor.pick() == &fibers[1]);
  // Something is ready yet: it would rest in vain.
  processor.rest();
  CHECK(loop.wakes == 2);
  CHECK(processor.pick() == &fibers[2]);
  processor.deadlines.remove(fibers[0]);
}

TEST_CASE_METHOD(Fixture, "where fibers only yield, one in some is told; not where one waits in between") {
  const auto told_of = [&](unsigned yields, unsigned waits_after) {
    unsigned told = 0;
    for (unsigned i = 1; i <= yields; ++i) {
      processor.tick += i % waits_after ? 1 : 2;  // picked, and another that came back from waiting
      told += processor.only_yields();
    }
    return told;
  };
  constexpr unsigned rounds = 10;
  CHECK(told_of(rounds * limits::yields_in_vain, limits::yields_in_vain / 2) == 0);
  processor.tick += 2;
  CHECK(told_of(rounds * limits::yields_in_vain + 1, ~0u) == rounds);
}

TEST_CASE_METHOD(Fixture, "a new processor is not behind with what it has just been given") {
  Processor made(loop);
  made.push(fibers[0]);
  CHECK_FALSE(made.behind());
}
