// Fibers for a loop of another kind to run in steps.
#pragma once

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "unblock.h"

constexpr int many = 40;

// Fibers that wait for times, descriptors and each other, and note whether they run in a step.
class Guests {
 public:
  void begin() {
    for (int i = 0; i < many; ++i) {
      std::thread([this, i] { sleep_often(i); }).detach();
      std::thread([this] { play(); }).detach();
    }
    std::thread([this] { pass_on(); }).detach();
    std::thread([this] { pass_on(); }).detach();
  }
  [[nodiscard]] bool all_done() const { return done == 2 * many + 2; }
  // One step, of the host.
  void step() {
    in_step = true;
    REQUIRE(unblock_step() == 0);
    in_step = false;
    ++steps;
  }
  std::atomic<int> done{0}, outside{0}, steps{0};

 private:
  void look() { outside += !in_step; }
  void sleep_often(int i) {
    for (int round = 0; round < 20; ++round) {
      usleep(static_cast<useconds_t>(i) * 100);
      look();
    }
    ++done;
  }
  void play() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
    std::thread echo([&] {
      for (char byte; read(ends[1], &byte, 1) == 1; look())
        if (write(ends[1], &byte, 1) != 1) std::abort();
    });
    for (int round = 0; round < 20; ++round) {
      char byte = 'x';
      if (write(ends[0], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1) std::abort();
      look();
    }
    close(ends[0]);
    echo.join();
    close(ends[1]);
    ++done;
  }
  void pass_on() {
    for (int round = 0; round < 100; ++round) {
      std::unique_lock lock(mutex);
      const int mine = turn;
      ++turn;
      changed.notify_all();
      // The last one has nobody to wait for.
      changed.wait_for(lock, std::chrono::milliseconds(1), [&] { return turn != mine + 1; });
      look();
    }
    ++done;
  }

  std::atomic<bool> in_step{false};
  std::mutex mutex;
  std::condition_variable changed;
  int turn = 0;
};

struct Embedded {
  // Without `cooperative`, who computes past its slice goes on beside the host: on a busy machine that may be
  // anybody.
  explicit Embedded(const char* options = "cooperative") {
    REQUIRE(unblock_start(options) == 0);
    descriptor = unblock_descriptor();
    REQUIRE(descriptor >= 0);
  }
  ~Embedded() { CHECK(unblock_stop() == 0); }
  int descriptor;
};
