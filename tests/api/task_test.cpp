// Threads with a handle.
#include <catch2/catch.hpp>
#include <atomic>
#include <set>
#include <string>
#include <unistd.h>

#include "unblock.hpp"
#include "waits.h"

using namespace std::chrono_literals;
using unblock::spawn;
using unblock::task;

TEST_CASE("a task gives its result, as often as asked") {
  const auto made = spawn([](int a, std::string b) { return std::to_string(a) + b; }, 4, "2");
  CHECK(made.get() == "42");
  CHECK(made.ready());
  CHECK(made.get() == "42");
  const auto copy = made;
  CHECK(copy.get() == "42");
}

TEST_CASE("a task takes what can only be moved") {
  auto made = spawn([](std::unique_ptr<int> value) { return value; }, std::make_unique<int>(5));
  CHECK(*made.get() == 5);
}

TEST_CASE("a task's exception comes out of get, not of join") {
  const auto made = spawn([]() -> int { throw std::runtime_error("failed"); });
  made.join();
  CHECK_THROWS_WITH(made.get(), "failed");
}

TEST_CASE("cancel ends a task that waits, its objects destroyed", "[cancel]") {
  std::atomic<int> made{0}, destroyed{0};
  struct Counted {
    Counted(std::atomic<int>& constructions, std::atomic<int>& destructions) : count(destructions) {
      ++constructions;
    }
    ~Counted() { ++count; }
    std::atomic<int>& count;
  };
  unblock::event never;
  const auto sleeps = spawn([&] {
    const Counted here(made, destroyed);
    sleep(1000);
  });
  const auto waits = spawn([&] {
    const Counted here(made, destroyed);
    never.wait();
  });
  const auto receives = spawn([&] {
    const Counted here(made, destroyed);
    unblock::channel<int>().receive();
  });
  REQUIRE(eventually([&] { return made == 3; }));
  for (const auto& each : {sleeps, waits, receives}) {
    CHECK(each.cancel());
    CHECK_THROWS_AS(each.get(), unblock::cancelled);
    CHECK_FALSE(each.cancel());
  }
  CHECK(destroyed == 3);
}

TEST_CASE("on_done is called once, whenever it is asked for") {
  std::atomic<int> calls{0};
  unblock::event go;
  const auto made = spawn([&] { go.wait(); });
  made.on_done([&] { ++calls; });
  CHECK(calls == 0);
  go.set();
  CHECK(eventually([&] { return calls == 1; }));
  made.on_done([&] { ++calls; });
  CHECK(calls == 2);
}

TEST_CASE("spawn_after waits, and may be cancelled before", "[cancel]") {
  const auto start = unblock::clock::now();
  CHECK(unblock::spawn_after(20ms, [](int value) { return value; }, 3).get() == 3);
  CHECK(unblock::clock::now() - start >= 20ms);
  std::atomic<bool> called{false};
  const auto never = unblock::spawn_after(1h, [&] { called = true; });
  CHECK(never.cancel());
  never.join();
  CHECK_FALSE(called);
}

TEST_CASE("join_all and wait_any") {
  std::vector<task<int>> tasks;
  unblock::event last;
  for (int i = 0; i < 20; ++i)
    tasks.push_back(spawn([&last, i] {
      if (i != 7) last.wait();
      return i;
    }));
  CHECK(unblock::wait_any(tasks) == 7);
  CHECK_FALSE(tasks[0].ready());
  last.set();
  unblock::join_all(tasks);
  for (int i = 0; i < 20; ++i) CHECK(tasks[static_cast<std::size_t>(i)].get() == i);
  unblock::join_all(spawn([] {}), spawn([] { return 1; }));
  CHECK_THROWS_AS(unblock::wait_any(std::vector<task<int>>()), std::invalid_argument);
}

TEST_CASE("a pool runs so many at once, and the rest wait") {
  unblock::pool pool(3);
  std::atomic<int> running{0}, most{0};
  const auto work = [&] {
    const int now = ++running;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {}
    std::this_thread::sleep_for(1ms);
    --running;
  };
  for (int i = 0; i < 30; ++i) pool.submit(work);
  CHECK(pool.running() <= 3);
  pool.join();
  CHECK(most <= 3);
  CHECK(running == 0);
}

TEST_CASE("submit to a full pool ends at the deadline") {
  unblock::event go;
  unblock::pool pool(1);
  pool.submit([&] { go.wait(); });
  {
    const unblock::deadline soon(10ms);
    CHECK_THROWS_AS(pool.submit([] {}), unblock::timed_out);
  }
  go.set();
  pool.submit([] {}).join();
}

TEST_CASE("map keeps the order, map_unordered gives what ends first") {
  unblock::pool pool(4);
  const std::vector<int> numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  CHECK(pool.map(numbers, [](int n) { return n * n; }) == std::vector{1, 4, 9, 16, 25, 36, 49, 64, 81, 100});
  const auto below_five = [](int n) { return n < 5 ? n : throw std::runtime_error("five"); };
  CHECK_THROWS_WITH(pool.map(numbers, below_five), "five");
  std::set<int> seen;
  for (auto& ended : pool.map_unordered(numbers, [](int n) { return n; })) seen.insert(ended.get());
  CHECK(seen == std::set<int>(numbers.begin(), numbers.end()));
  unblock::event slow;
  unblock::pool two(2);
  auto ended = two.map_unordered(std::vector{1, 2, 3}, [&](int n) {
    if (n == 1) slow.wait();
    return n;
  });
  // The third begins when the second has ended, which need not have been told yet.
  const int first = ended.receive()->get();
  CHECK(std::set{first, ended.receive()->get()} == std::set{2, 3});
  slow.set();
  CHECK(ended.receive()->get() == 1);
  CHECK_FALSE(ended.receive());
}

TEST_CASE("native gives the result and the exception") {
  CHECK(unblock::native([] { return 5; }) == 5);
  CHECK_THROWS_WITH(unblock::native([] { throw std::runtime_error("no"); }), "no");
}

TEST_CASE("while native computes, others run at once") {
  std::atomic<bool> ran{false};
  const auto other = spawn([&] { ran = true; });
  CHECK(unblock::native([&] {
    const auto end = unblock::clock::now() + 10s;
    while (!ran && unblock::clock::now() < end) {}
    return ran.load();
  }));
}
