// Who waits for which descriptor, and what the loop is asked for them.
#include <catch2/catch.hpp>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "cranked_loop.h"
#include "fake_fiber.h"

using namespace unblock;
using test::woken;

namespace {

struct Fixture {
  Fixture() : processor(loop), fibers(4) {}

  /// Fiber `who` waits for `events` of `fd`.
  bool wait(std::size_t who, int fd, unsigned events, bool exclusive = false) {
    return queue(who, fd, events, exclusive) == Watches::Added::Yes;
  }
  Watches::Added queue(std::size_t who, int fd, unsigned events, bool exclusive = false) {
    test::put_to_sleep(fibers[who], processor);
    IoWaiter& waiter = fibers[who].io_waiter;
    waiter.fiber = &fibers[who];
    waiter.fd = fd;
    waiter.events = events;
    waiter.exclusive = exclusive;
    return watches().add(waiter);
  }
  Watches& watches() { return processor.watches; }
  std::vector<bool> awake() const {
    std::vector<bool> all;
    for (const Fiber& fiber : fibers) all.push_back(woken(fiber));
    return all;
  }

  test::CrankedLoop loop;
  Processor processor;
  std::vector<Fiber> fibers;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "an event wakes those who wait for it") {
  REQUIRE(wait(0, 5, Readable));
  REQUIRE(wait(1, 5, Writable));
  REQUIRE(wait(2, 5, Readable | Writable));
  REQUIRE(wait(3, 6, Readable));
  CHECK(loop.arms[1].events == (Readable | Writable));
  CHECK(loop.last_arm().fd == 6);
  loop.report(5, Readable);
  processor.poll();
  CHECK(awake() == std::vector{true, false, true, false});
  CHECK(processor.pick() == &fibers[0]);
  CHECK(processor.pick() == &fibers[2]);
}

TEST_CASE_METHOD(Fixture, "one event wakes one exclusive waiter, the first, and all others") {
  REQUIRE(wait(0, 5, Readable, true));
  REQUIRE(wait(1, 5, Readable, true));
  REQUIRE(wait(2, 5, Readable));
  REQUIRE(wait(3, 5, Writable, true));
  watches().ready(5, Readable | Writable);
  CHECK(awake() == std::vector{true, false, true, true});
  watches().ready(5, Readable);
  CHECK(woken(fibers[1]));
}

TEST_CASE_METHOD(Fixture, "a watch stays while it is used, and goes when two events find nobody") {
  REQUIRE(wait(0, 5, Readable));
  watches().ready(5, Readable);
  REQUIRE(wait(0, 5, Readable));
  watches().ready(5, Readable);
  watches().ready(5, Readable);  // for nobody
  REQUIRE(wait(0, 5, Readable));
  watches().ready(5, Readable);
  watches().ready(5, Readable);  // for nobody again, but not twice running
  CHECK(loop.arm_count == 1);
  watches().ready(5, Readable);
  CHECK(loop.arm_count == 2);
  CHECK(loop.last_arm().events == 0);
}

TEST_CASE_METHOD(Fixture, "what the loop reports once only is asked for again") {
  REQUIRE(wait(0, 5, Urgent));
  watches().ready(5, Urgent);
  CHECK(woken(fibers[0]));
  REQUIRE(wait(0, 5, Urgent));
  CHECK(loop.arm_count == 2);
  CHECK(loop.last_arm().events == Urgent);
}

TEST_CASE_METHOD(Fixture, "who gave up is not woken") {
  REQUIRE(wait(0, 5, Readable));
  REQUIRE(wait(1, 5, Readable));
  watches().remove(fibers[0].io_waiter);
  watches().remove(fibers[0].io_waiter);
  watches().ready(5, Readable);
  CHECK(awake() == std::vector{false, true, false, false});
}

TEST_CASE_METHOD(Fixture, "who was woken by somebody else is not made ready twice") {
  REQUIRE(wait(0, 5, Readable));
  REQUIRE(scheduler::wake(fibers[0], -1));
  watches().ready(5, Readable);
  processor.poll();
  CHECK(processor.pick() == &fibers[0]);
  CHECK(processor.pick() == nullptr);
}

TEST_CASE_METHOD(Fixture, "waiters go on with their file under another number") {
  REQUIRE(wait(0, 5, Readable));
  CHECK(watches().busy(5));
  CHECK(watches().followers(5) == 1);
  watches().forget(5, 900);
  CHECK_FALSE(watches().busy(5));
  CHECK(fibers[0].io_waiter.fd == 900);
  CHECK(fibers[0].io_waiter.moved);
  watches().ready(5, Readable);
  CHECK(awake() == std::vector(4, false));
  watches().ready(900, Readable);
  CHECK(awake() == std::vector{true, false, false, false});
}

TEST_CASE_METHOD(Fixture, "without another number they are woken to find out") {
  REQUIRE(wait(0, 5, Readable));
  watches().forget(5, -1);
  CHECK(woken(fibers[0]));
  CHECK(loop.last_arm().events == 0);
}

TEST_CASE_METHOD(Fixture, "a number that may name another file is armed anew") {
  REQUIRE(wait(0, 5, Readable));
  CHECK_FALSE(loop.last_arm().reopened);
  watches().forget(5, -1);
  REQUIRE(wait(1, 5, Readable));
  CHECK(loop.last_arm().events == Readable);
  CHECK(loop.last_arm().reopened);
}

TEST_CASE_METHOD(Fixture, "nobody is queued if the loop has no memory or the number is out of range") {
  loop.out_of_memory = true;
  CHECK_FALSE(wait(0, 5, Readable));
  loop.out_of_memory = false;
  CHECK_FALSE(wait(1, -1, Readable));
  CHECK_FALSE(wait(2, static_cast<int>(limits::max_descriptors), Readable));
  watches().ready(5, Readable);
  watches().ready(-1, Readable);
  CHECK(awake() == std::vector(4, false));
  CHECK_FALSE(watches().busy(5));
}

namespace {

// One fiber that reads a connection and always finds it empty before it waits.
struct OneReader : Fixture {
  OneReader() {
    reader().emptied = connection;
    for (int i = 0; i <= limits::emptied_by_one; ++i) exchange();
  }
  ~OneReader() { close(connection); }
  void exchange() {
    REQUIRE(wait(0, connection, Readable));
    watches().ready(connection, Readable);
  }
  IoWaiter& reader() { return fibers[0].io_waiter; }

  const int connection = socket(AF_INET, SOCK_STREAM, 0);
};

}  // namespace

TEST_CASE_METHOD(OneReader, "a connection that its reader always empties is watched by edges") {
  CHECK(loop.last_arm().events == (Readable | Edges));
  const std::size_t before = loop.arm_count;
  for (int i = 0; i < 9; ++i) exchange();
  CHECK(loop.arm_count == before);
}

TEST_CASE_METHOD(OneReader, "an edge that nobody waited for is kept for the reader") {
  watches().ready(connection, Readable);
  CHECK(queue(0, connection, Readable) == Watches::Added::Ready);
  CHECK_FALSE(reader().queued);
  CHECK(queue(0, connection, Readable) == Watches::Added::Yes);
}

TEST_CASE_METHOD(OneReader, "an edge that came beside another wake-up is kept for the reader") {
  REQUIRE(wait(0, connection, Readable));
  REQUIRE(scheduler::wake(fibers[0], -EINTR));
  watches().ready(connection, Readable);
  CHECK(queue(0, connection, Readable) == Watches::Added::Ready);
}

TEST_CASE_METHOD(OneReader, "two edges that nobody waited for end the watch") {
  watches().ready(connection, Readable);
  watches().ready(connection, Readable);
  CHECK(loop.last_arm().events == 0);
  REQUIRE(wait(0, connection, Readable));
  CHECK(loop.last_arm().events == Readable);
}

TEST_CASE_METHOD(OneReader, "edges are for nobody but the reader that finds it empty") {
  SECTION("not if it did not look") {
    reader().emptied = -1;
    REQUIRE(wait(0, connection, Readable));
    CHECK(loop.last_arm().events == Readable);
  }
  SECTION("not for another") {
    fibers[1].io_waiter.emptied = connection;
    REQUIRE(wait(1, connection, Readable));
    CHECK(loop.last_arm().events == Readable);
  }
  SECTION("not for a writer") {
    REQUIRE(wait(1, connection, Writable));
    CHECK(loop.last_arm().events == (Readable | Writable));
  }
  SECTION("not when there is more to it than data") {
    REQUIRE(wait(0, connection, Readable));
    watches().ready(connection, Readable | Ended);
    CHECK(woken(fibers[0]));
    CHECK(loop.last_arm().events == Readable);
  }
}

TEST_CASE_METHOD(OneReader, "what is no TCP connection is not watched by edges") {
  const int other = socket(AF_UNIX, SOCK_STREAM, 0);
  fibers[1].io_waiter.emptied = other;
  for (int i = 0; i < 2 * limits::emptied_by_one; ++i) {
    REQUIRE(wait(1, other, Readable));
    watches().ready(other, Readable);
  }
  CHECK(loop.last_arm().events == Readable);
  close(other);
}
