// std::condition_variable(_any): predicates, wait_for, wait_until, notify_one, notify_all_at_thread_exit.
#include "program.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

static void time_out() {
  std::mutex mutex;
  std::condition_variable condition;
  std::unique_lock lock(mutex);
  auto begin = std::chrono::steady_clock::now();
  auto status = condition.wait_for(lock, 30ms);
  printf("wait_for: %s, early %d\n", status == std::cv_status::timeout ? "timeout" : "no timeout",
         std::chrono::steady_clock::now() - begin < 30ms);
  auto deadline = std::chrono::system_clock::now() + 30ms;
  bool result = condition.wait_until(lock, deadline, [] { return false; });
  printf("wait_until: %d, early %d, owns %d\n", result, std::chrono::system_clock::now() < deadline,
         lock.owns_lock());
}

/// Passes 1,000 numbers through a queue with room for 4.
template <class Condition, class Mutex>
static long pass_numbers() {
  Mutex mutex;
  Condition changed;
  std::deque<int> queue;
  long sum = 0;
  std::thread consumer([&] {
    for (int i = 0; i < 1000; i++) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return !queue.empty(); });
      sum += queue.front();
      queue.pop_front();
      changed.notify_one();
    }
  });
  for (int i = 0; i < 1000; i++) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return queue.size() < 4; });
    queue.push_back(i);
    changed.notify_one();
  }
  consumer.join();
  return sum;
}

static void notify_at_exit() {
  static std::mutex mutex;
  static std::condition_variable condition;
  static bool ready = false, destroyed = false;
  struct AtExit {
    ~AtExit() {
      pause_ms(5);
      destroyed = true;
    }
  };
  std::thread([] {
    thread_local AtExit at_exit;
    std::unique_lock lock(mutex);
    (void)&at_exit;
    ready = true;
    std::notify_all_at_thread_exit(condition, std::move(lock));
  }).detach();
  std::unique_lock lock(mutex);
  condition.wait(lock, [] { return ready; });
  printf("notified at thread exit, thread_local destroyed before %d\n", destroyed);
}

int main() {
  time_out();
  printf("condition_variable: %ld\n", pass_numbers<std::condition_variable, std::mutex>());
  printf("condition_variable_any: %ld\n", pass_numbers<std::condition_variable_any, std::shared_mutex>());
  notify_at_exit();

  std::mutex mutex;
  std::condition_variable condition;
  int waiting = 0, generation = 0, through = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 100; i++)
    threads.emplace_back([&] {
      std::unique_lock lock(mutex);
      waiting++;
      condition.wait(lock, [&] { return generation == 1; });
      through++;
    });
  for (bool all = false; !all; std::this_thread::yield()) {
    std::lock_guard lock(mutex);
    all = waiting == 100;
  }
  {
    std::lock_guard lock(mutex);
    generation = 1;
  }
  condition.notify_all();
  for (auto& thread : threads)
    thread.join();
  printf("through %d\n", through);
}
