// std::jthread, std::stop_token: stop ends a condition_variable_any wait, callbacks run, destruction joins.
#include "program.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

static std::mutex mutex;
static std::condition_variable_any condition;

static void stopped_by_destruction() {
  bool waiting = false, happened = true;
  {
    auto wait = [&](std::stop_token stop) {
      std::unique_lock lock(mutex);
      waiting = true;
      happened = condition.wait(lock, stop, [] { return false; });
    };
    std::vector<std::jthread> waiter;
    waiter.emplace_back(wait);
    for (bool there = false; !there; std::this_thread::yield()) {
      std::lock_guard lock(mutex);
      there = waiting;
    }
  }  // requests stop and joins
  printf("joined, %s\n", happened ? "woken by nothing" : "woken by stop");
}

static void callbacks() {
  int rounds = 0;
  auto work = [&](std::stop_token stop, int step) {
    do {
      rounds += step;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    } while (!stop.stop_requested());
  };
  std::jthread worker(work, 3);
  std::stop_callback callback(worker.get_stop_token(), [] { printf("callback\n"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  bool first = worker.request_stop(), second = worker.request_stop();
  worker.join();
  printf("%s\n", rounds > 0 && rounds % 3 == 0 ? "worked" : "did not work");
  std::stop_callback late(worker.get_stop_token(), [] { printf("late callback, at once\n"); });
  printf("first request %d, second %d\n", first, second);
}

static void stop_many() {
  std::stop_source source;
  std::vector<std::jthread> many;
  int stopped = 0;
  for (int i = 0; i < 50; i++)
    many.emplace_back([&] {
      std::unique_lock lock(mutex);
      condition.wait(lock, source.get_token(), [] { return false; });
      stopped++;
    });
  source.request_stop();
  many.clear();
  printf("stopped %d of 50\n", stopped);
}

int main() {
  stopped_by_destruction();
  callbacks();
  stop_many();
}
