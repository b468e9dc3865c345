// std::jthread and std::stop_token: stop wakes a condition_variable_any wait, callbacks run, the destructor joins.
#include "program.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

int main() {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::vector<std::string> log;
  auto note = [&](std::string line) {
    std::lock_guard lock(mutex);
    log.push_back(std::move(line));
  };
  bool waiting = false;
  {
    std::jthread waiter([&](std::stop_token stop) {
      std::unique_lock lock(mutex);
      waiting = true;
      bool happened = condition.wait(lock, stop, [] { return false; });
      log.push_back(happened ? "woken by nothing" : "woken by stop");
    });
    for (bool there = false; !there; std::this_thread::yield()) {
      std::lock_guard lock(mutex);
      there = waiting;
    }
  }  // requests stop and joins
  note("joined");

  int rounds = 0;
  std::jthread worker([&](std::stop_token stop, int step) {
    do {
      rounds += step;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    } while (!stop.stop_requested());
  }, 3);
  {
    std::stop_callback callback(worker.get_stop_token(), [&] { note("callback"); });
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    bool first = worker.request_stop(), second = worker.request_stop();
    worker.join();
    note(rounds > 0 && rounds % 3 == 0 ? "worked" : "did not work");
    std::stop_callback late(worker.get_stop_token(), [&] { note("late callback, at once"); });
    note("first request " + std::to_string(first) + ", second " + std::to_string(second));
  }
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
  for (auto& line : log)
    printf("%s\n", line.c_str());
  printf("stopped %d of 50\n", stopped);
}
