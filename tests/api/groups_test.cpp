// Several threads that start: each has its own fibers, waits for those, and the last one out ends it all.
#include <catch2/catch.hpp>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

#include "outsider.h"
#include "pending.h"
#include "unblock.hpp"

namespace {

// A pipe whose reader wakes nobody until it is told.
struct Gate {
  int ends[2];
  Gate() {
    if (pipe(ends) != 0) std::abort();
  }
  ~Gate() {
    close(ends[0]);
    close(ends[1]);
  }
  void wait() const {
    char byte;
    if (read(ends[0], &byte, 1) != 0) std::abort();
  }
  void open() { shutdown_writer(); }

 private:
  void shutdown_writer() {
    close(ends[1]);
    ends[1] = -1;
  }
};

// Kernel threads that `count` sleeping threads made here take, in hundredths of a thread.
std::size_t cost_of_threads(std::size_t count) {
  const std::size_t before = kernel_threads();
  Gate gate;
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back([&] { gate.wait(); });
  usleep(1000);
  const std::size_t more = kernel_threads() - before;
  gate.open();
  return more;
}

}  // namespace

TEST_CASE("two threads each have fibers, and a third has none") {
  Outsider one, other, third;
  const std::size_t before = kernel_threads();
  for (Outsider* starter : {&one, &other}) starter->run([] { REQUIRE(unblock_start("") == 0); });
  for (Outsider* starter : {&one, &other}) starter->run([] { CHECK(cost_of_threads(100) < 10); });
  third.run([] {
    CHECK(unblock_active() == 0);
    CHECK(cost_of_threads(10) == 10);
  });
  one.run([] { CHECK(unblock_stop() == 0); });
  one.run([] {
    CHECK(unblock_active() == 0);
    CHECK(cost_of_threads(10) == 10);
  });
  other.run([] {
    CHECK(unblock_active() == 1);
    CHECK(cost_of_threads(100) < 10);
    CHECK(unblock_stop() == 0);
  });
  CHECK(kernel_threads() == before);
}

TEST_CASE("a stop waits for the starter's fibers, and for no others") {
  Outsider other;
  Gate gate;
  std::atomic<int> ended{0};
  other.run([&] {
    REQUIRE(unblock_start(nullptr) == 0);
    std::thread([&] { gate.wait(); }).detach();
  });
  REQUIRE(unblock_start(nullptr) == 0);
  for (int i = 0; i < 50; ++i)
    std::thread([&] {
      std::thread([&] {
        usleep(500);
        ++ended;
      }).detach();
    }).detach();
  CHECK(unblock_stop() == 0);
  CHECK(ended == 50);
  CHECK(unblock_active() == 0);
  gate.open();
  other.run([] { CHECK(unblock_stop() == 0); });
}

TEST_CASE("fibers of two groups and threads of none share a lock") {
  Outsider one, other, third;
  std::mutex mutex;
  long count = 0;
  const auto add = [&] {
    for (int i = 0; i < 300; ++i) {
      const std::lock_guard guard(mutex);
      const long now = count;
      if (i % 16 == 0) std::this_thread::yield();
      count = now + 1;
    }
  };
  const auto work = [&] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 10; ++i) threads.emplace_back(add);
  };
  const auto in_fibers = [&] {
    const unblock::runtime runtime;
    work();
  };
  one.begin(in_fibers);
  other.begin(in_fibers);
  third.begin(work);
  for (Outsider* each : {&one, &other, &third}) each->wait();
  CHECK(count == 3 * 10 * 300);
}

TEST_CASE("starting and stopping by turns and at once") {
  Outsider starters[3];
  const std::size_t before = kernel_threads();
  for (Outsider& starter : starters)
    starter.begin([] {
      for (int round = 0; round < 100; ++round) {
        const unblock::runtime runtime;
        std::jthread fiber([] { usleep(50); });
        usleep(20);
      }
    });
  for (Outsider& starter : starters) starter.wait();
  CHECK(kernel_threads() == before);
  CHECK(unblock_start(nullptr) == 0);
  CHECK(unblock_stop() == 0);
}

TEST_CASE("what is not possible is refused, and says why") {
  Outsider other;
  REQUIRE(unblock_start("slice=7") == 0);
  CHECK(unblock_start(nullptr) == EALREADY);
  other.run([] {
    CHECK(unblock_stop() == EINVAL);
    CHECK(std::string(unblock_reason()) == "it was not started by this thread");
    CHECK(unblock_start("slice=8") == EINVAL);
    CHECK(std::string(unblock_reason()) == "it runs with other options: slice=7");
    CHECK(unblock_active() == 0);
    CHECK(unblock_start("slice=7") == 0);
    CHECK(unblock_start("") == EALREADY);
    std::thread([] {
      CHECK(unblock_start(nullptr) == EALREADY);
      CHECK(unblock_stop() == EPERM);
    }).join();
    CHECK(unblock_stop() == 0);
    CHECK(unblock_start(nullptr) == 0);
    CHECK(unblock_stop() == 0);
  });
  CHECK(unblock_stop() == 0);
  CHECK(unblock_stop() == EINVAL);
}

TEST_CASE("an exception leaves the scope once its fibers have ended") {
  Outsider other;
  other.run([] { REQUIRE(unblock_start(nullptr) == 0); });
  std::atomic<bool> ended{false};
  try {
    const unblock::runtime runtime;
    std::thread([&] {
      usleep(2000);
      ended = true;
    }).detach();
    throw std::runtime_error("out");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()) == "out");
    CHECK(ended);
  }
  CHECK(unblock_active() == 0);
  other.run([] {
    CHECK_THROWS_AS(unblock::runtime(), std::system_error);
    CHECK(unblock_stop() == 0);
  });
}

TEST_CASE("a child of either has nothing started") {
  Outsider other;
  other.run([] { REQUIRE(unblock_start(nullptr) == 0); });
  REQUIRE(unblock_start(nullptr) == 0);
  const auto check = [] {
    CHECK(in_child([] {
            if (unblock_active() || kernel_threads() != 1 || unblock_stop() != EINVAL) return 1;
            if (unblock_start(nullptr) != 0 || cost_of_threads(50) > 10) return 2;
            return unblock_stop() == 0 ? 7 : 3;
          }) == 7);
  };
  check();
  other.run(check);
  std::thread(check).join();
  CHECK(unblock_stop() == 0);
  other.run([] { CHECK(unblock_stop() == 0); });
}

TEST_CASE("what is pending for a starter stays so over its stop") {
  Outsider other;
  other.run([] { REQUIRE(unblock_start(nullptr) == 0); });
  keep_a_signal_over_stop();
  other.run([] { CHECK(unblock_stop() == 0); });
}
