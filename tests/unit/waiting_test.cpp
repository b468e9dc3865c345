// Waits for time, wake-ups on addresses, descriptors.
#include <catch2/catch.hpp>
#include <cerrno>

#include "signals/signals.h"
#include "stage.h"
#include "waits/parking_lot.h"
#include "waits/waiting.h"

using namespace unblock;
using test::Stage;

namespace {

constexpr std::uint32_t any = ~0u;
constexpr Nanoseconds moment = second / 50;

std::uintptr_t address_of(const std::uint32_t& word) { return reinterpret_cast<std::uintptr_t>(&word); }

}  // namespace

TEST_CASE("a sleep lasts until its deadline, which the loop is told") {
  Stage stage;
  const Nanoseconds deadline = clock_time::now() + moment;
  CHECK(waiting::until(stage.main, deadline) == -ETIMEDOUT);
  CHECK(clock_time::now() >= deadline);
  CHECK(stage.loop.asked_until == deadline);
  CHECK(stage.processor.deadlines.size() == 0);
}

TEST_CASE("who is woken has no deadline left") {
  Stage stage;
  stage.start([&](Fiber&) { static_cast<void>(scheduler::wake(stage.main, 0)); });
  CHECK(waiting::until(stage.main, clock_time::now() + 1000 * second) == 0);
  CHECK(stage.processor.deadlines.size() == 0);
}

TEST_CASE("with a signal to handle nobody waits") {
  Stage stage;
  stage.main.signals.attention = 1;
  CHECK(waiting::until(stage.main, never) == -EINTR);
  int fd = 5;
  CHECK(waiting::for_descriptor(stage.main, fd, Readable, never) == -EINTR);
  CHECK(stage.loop.arm_count == 0);
  CHECK(stage.loop.polls == 0);
}

TEST_CASE("a sleep on an address ends by a wake-up there") {
  Stage stage;
  std::uint32_t word = 0;
  stage.start([&](Fiber&) {
    parking_lot::wake(address_of(word), 1, 4);  // not meant for us
    word = 1;
    parking_lot::wake(address_of(word), 1, 2);
  });
  CHECK(waiting::on_address(stage.main, address_of(word), 0, 2, never) == 0);
  CHECK(word == 1);
  CHECK(waiting::on_address(stage.main, address_of(word), 0, any, never) == -EAGAIN);
}

TEST_CASE("a sleep on an address that times out leaves the lot") {
  Stage stage;
  std::uint32_t word = 0;
  CHECK(waiting::on_address(stage.main, address_of(word), 0, any, clock_time::now() + moment) == -ETIMEDOUT);
  CHECK(parking_lot::wake(address_of(word), 1, any) == 0);
}

TEST_CASE("an address that is none is an error") {
  Stage stage;
  signals::hide_faults();  // Catch2 sets its own handlers for the next test
  CHECK(waiting::on_address(stage.main, 0, 0, any, never) == -EFAULT);
}

TEST_CASE("a wait for a descriptor ends when the loop reports it") {
  Stage stage;
  stage.loop.on_poll = [](test::CrankedLoop& loop) noexcept { loop.report(5, Readable); };
  int fd = 5;
  CHECK(waiting::for_descriptor(stage.main, fd, Readable, never) == 0);
  CHECK(fd == 5);
  CHECK(stage.loop.asked_until == never);
}

TEST_CASE("a wait for a descriptor that times out is over") {
  Stage stage;
  int fd = 5;
  CHECK(waiting::for_descriptor(stage.main, fd, Readable, clock_time::now() + moment) == -ETIMEDOUT);
  stage.processor.watches.ready(5, Readable);
  CHECK(stage.processor.pick() == nullptr);
}

TEST_CASE("closed under a wait, it goes on with the new number") {
  Stage stage;
  stage.start([&](Fiber&) { stage.processor.watches.forget(5, 900); });
  stage.loop.on_poll = [](test::CrankedLoop& loop) noexcept { loop.report(900, Readable); };
  int fd = 5;
  CHECK(waiting::for_descriptor(stage.main, fd, Readable, never) == 0);
  CHECK(fd == 900);
}

TEST_CASE("of several descriptors any will do") {
  Stage stage;
  stage.loop.on_poll = [](test::CrankedLoop& loop) noexcept { loop.report(7, Writable); };
  IoWaiter waiters[3];
  waiters[0].fd = 6, waiters[0].events = Readable;
  waiters[1].fd = -1, waiters[1].events = Readable;  // as poll(2): ignored
  waiters[2].fd = 7, waiters[2].events = Writable;
  CHECK(waiting::for_descriptors(stage.main, waiters, 3, never) == 0);
  for (const IoWaiter& waiter : waiters) CHECK_FALSE(waiter.queued);
}

TEST_CASE("without memory for a watch the wait fails, and leaves none behind") {
  Stage stage;
  stage.loop.out_of_memory = true;
  int fd = 5;
  CHECK(waiting::for_descriptor(stage.main, fd, Readable, never) == -ENOMEM);
  CHECK_FALSE(stage.main.io_waiter.queued);
}
