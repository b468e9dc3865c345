// A libev loop that runs by itself: watchers from many threads, callbacks that block.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>
#include <unistd.h>
#include <vector>

#include "unblock/loop.hpp"
#include "waits.h"

namespace {

std::atomic<int> fired;

struct Timer {
  Timer(double after, void (*callback)(struct ev_loop*, ev_timer*, int)) {
    ev_timer_init(&timer, callback, after, 0);
    const unblock::loop_guard loop;
    ev_timer_start(loop, &timer);
  }
  ~Timer() {
    const unblock::loop_guard loop;
    ev_timer_stop(loop, &timer);
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ev_timer timer;
};

}  // namespace

TEST_CASE("watchers of many threads fire") {
  fired = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 50; ++i)
    threads.emplace_back([i] {
      const Timer timer(i * 0.001, [](struct ev_loop*, ev_timer*, int) { ++fired; });
      const int before = fired;
      if (!eventually([&] { return !ev_is_active(&timer.timer) || fired > before; })) std::abort();
      if (!eventually([] { return fired == 50; })) std::abort();
    });
  threads.clear();
  CHECK(fired == 50);
}

TEST_CASE("a timer is not early, however long the loop has slept") {
  fired = 0;
  const Timer first(0.001, [](struct ev_loop*, ev_timer*, int) { ++fired; });
  const Timer keeps_it_running(100, [](struct ev_loop*, ev_timer*, int) {});
  REQUIRE(eventually([] { return fired == 1; }));
  usleep(100'000);
  const auto begun = std::chrono::steady_clock::now();
  const Timer second(0.05, [](struct ev_loop*, ev_timer*, int) { ++fired; });
  REQUIRE(eventually([] { return fired == 2; }));
  CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(49));
}

TEST_CASE("a callback may block, make threads and start watchers") {
  static std::atomic<int> others;
  static std::atomic<bool> done;
  static ev_timer next;
  others = 0;
  done = false;
  const Timer timer(0.001, [](struct ev_loop* loop, ev_timer*, int) {
    const int before = others;
    std::thread([] { usleep(20'000); }).join();
    // They went on meanwhile.
    if (others == before) std::abort();
    const unblock::loop_guard same;
    if (same != loop) std::abort();
    ev_timer_init(
        &next, [](struct ev_loop*, ev_timer*, int) { done = true; }, 0.001, 0);
    ev_timer_start(loop, &next);
  });
  CHECK(eventually([] {
    ++others;
    return done.load();
  }));
}

TEST_CASE("descriptors, and one thread that changes what another began to watch") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  static std::atomic<int> bytes;
  bytes = 0;
  ev_io io;
  ev_io_init(
      &io,
      [](struct ev_loop*, ev_io* watcher, int) {
        char byte;
        if (read(watcher->fd, &byte, 1) == 1) ++bytes;
      },
      ends[0], EV_READ);
  {
    const unblock::loop_guard loop;
    ev_io_start(loop, &io);
  }
  for (int i = 0; i < 100; ++i)
    if (write(ends[1], "x", 1) != 1) std::abort();
  CHECK(eventually([] { return bytes == 100; }));
  std::thread([&] {
    const unblock::loop_guard loop;
    ev_io_stop(loop, &io);
  }).join();
  REQUIRE(write(ends[1], "x", 1) == 1);
  usleep(5000);
  CHECK(bytes == 100);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("the loop's thread ends with its watchers, and comes back") {
  const auto running = [] {
    unblock_loop_begin();
    const bool is = unblock_loop_state.running;
    unblock_loop_end();
    return is;
  };
  for (int round = 0; round < 20; ++round) {
    fired = 0;
    const Timer timer(0.001, [](struct ev_loop*, ev_timer*, int) { ++fired; });
    REQUIRE(eventually([] { return fired == 1; }));
  }
  CHECK(eventually([&] { return !running(); }));
}
