// Opting in and out: what starts, what is refused, and that nothing stays behind.
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <unistd.h>
#include <vector>

#include "outsider.h"
#include "pending.h"
#include "unblock.h"

namespace {

// Runs `body` in threads that wait for a byte each; returns how many kernel threads there were meanwhile.
std::size_t kernel_threads_with(int threads) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::vector<std::jthread> readers;
  for (int i = 0; i < threads; ++i)
    readers.emplace_back([&] {
      char byte;
      if (read(ends[0], &byte, 1) != 1) std::abort();
    });
  const std::size_t count = kernel_threads();
  const std::string bytes(static_cast<std::size_t>(threads), 'x');
  if (write(ends[1], bytes.data(), bytes.size()) != threads) std::abort();
  readers.clear();
  close(ends[0]);
  close(ends[1]);
  return count;
}

}  // namespace

TEST_CASE("nothing happens until it is asked for") {
  CHECK(unblock_active() == 0);
  CHECK(kernel_threads_with(20) == 21);
  CHECK(unblock_stop() == EINVAL);
  CHECK(std::string(unblock_reason()) == "it was not started by this thread");
}

TEST_CASE("threads are fibers from start to stop") {
  for (int round = 0; round < 20; ++round) {
    REQUIRE(unblock_start(nullptr) == 0);
    CHECK(unblock_active() == 1);
    CHECK(kernel_threads_with(200) < 20);
    REQUIRE(unblock_stop() == 0);
    CHECK(unblock_active() == 0);
    CHECK(kernel_threads() == 1);
  }
  CHECK(kernel_threads_with(20) == 21);
}

TEST_CASE("stop waits for detached threads") {
  REQUIRE(unblock_start(nullptr) == 0);
  std::atomic<int> ended{0};
  for (int i = 0; i < 50; ++i)
    std::thread([&ended, i] {
      usleep(static_cast<useconds_t>(i) * 200);
      ++ended;
    }).detach();
  CHECK(unblock_stop() == 0);
  CHECK(ended == 50);
}

TEST_CASE("the thread is on its own kernel thread again after stop") {
  const pid_t before = gettid();
  REQUIRE(unblock_start("slice=1") == 0);
  std::jthread computes([] {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
    while (std::chrono::steady_clock::now() < end) {}
  });
  // Both compute: one of them loses its processor, and comes back on another kernel thread.
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(40);
  while (std::chrono::steady_clock::now() < end) {}
  usleep(1000);
  computes.join();
  REQUIRE(unblock_stop() == 0);
  CHECK(gettid() == before);
  CHECK(syscall(SYS_gettid) == before);
}

TEST_CASE("starting twice and stopping from another thread are refused") {
  REQUIRE(unblock_start("") == 0);
  CHECK(unblock_start("") == EALREADY);
  std::thread([] {
    CHECK(unblock_active() == 1);
    CHECK(unblock_start("") == EALREADY);
    CHECK(unblock_stop() == EPERM);
  }).join();
  CHECK(unblock_stop() == 0);
  CHECK(unblock_stop() == EINVAL);
}

TEST_CASE("options that are none are refused, and nothing starts") {
  CHECK(unblock_start("slice=5 speed=9") == EINVAL);
  CHECK(std::string(unblock_reason()) == "no such option or value: speed=9");
  CHECK(unblock_start("slice") == EINVAL);
  CHECK(unblock_start("slice=many") == EINVAL);
  CHECK(unblock_active() == 0);
}

TEST_CASE("a fork's child is an ordinary process, and may start for itself") {
  REQUIRE(unblock_start(nullptr) == 0);
  CHECK(in_child([] { return unblock_active() + static_cast<int>(kernel_threads()); }) == 1);
  CHECK(in_child([] { return static_cast<int>(kernel_threads_with(5)); }) == 6);
  CHECK(in_child([] {
          const bool good =
              unblock_start(nullptr) == 0 && kernel_threads_with(100) < 20 && unblock_stop() == 0;
          return good ? 7 : 1;
        }) == 7);
  std::thread([] { CHECK(in_child([] { return unblock_stop() == EINVAL ? 7 : 1; }) == 7); }).join();
  CHECK(unblock_stop() == 0);
}

TEST_CASE("a signal that is blocked and pending stays so over stop") { keep_a_signal_over_stop(); }

TEST_CASE("a handler works before, between and after") {
  static std::atomic<int> handled{0};
  struct sigaction action {};
  action.sa_handler = [](int) { ++handled; };
  REQUIRE(sigaction(SIGUSR2, &action, nullptr) == 0);
  raise(SIGUSR2);
  CHECK(handled == 1);
  REQUIRE(unblock_start(nullptr) == 0);
  raise(SIGUSR2);
  CHECK(handled == 2);
  REQUIRE(unblock_stop() == 0);
  raise(SIGUSR2);
  CHECK(handled == 3);
  signal(SIGUSR2, SIG_DFL);
}
