// std::mutex, recursive, timed and shared mutexes, scoped_lock, unique_lock: exclusion, timeouts,
// errors thrown.
#include "program.h"

#include <mutex>
#include <shared_mutex>
#include <system_error>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

template <class Body>
static void run_threads(int count, Body body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; i++)
    threads.emplace_back(body, i);
  for (auto& thread : threads)
    thread.join();
}

template <class Mutex>
static long count_under(Mutex& mutex) {
  long value = 0;
  run_threads(40, [&](int i) {
    for (int round = 0; round < 50; round++) {
      std::lock_guard lock(mutex);
      long seen = value;
      if (round == i)
        std::this_thread::sleep_for(100us);
      value = seen + 1;
    }
  });
  return value;
}

template <class Mutex>
static bool elsewhere(Mutex& mutex, std::chrono::milliseconds time) {
  bool got = false;
  run_threads(1, [&](int) {
    auto begin = std::chrono::steady_clock::now();
    got = mutex.try_lock_for(time);
    if (got)
      mutex.unlock();
    else if (std::chrono::steady_clock::now() - begin < time)
      printf("early\n");
  });
  return got;
}

static long lock_pairs() {
  std::mutex a, b;
  long value = 0;
  run_threads(20, [&](int i) {
    for (int round = 0; round < 50; round++) {
      std::scoped_lock both(i % 2 ? a : b, i % 2 ? b : a);  // opposite orders: no deadlock
      value++;
    }
  });
  return value;
}

static void share() {
  std::shared_mutex mutex;
  long value = 0, wrong[30] = {};
  run_threads(30, [&](int i) {
    for (int round = 0; round < 20; round++) {
      if (i % 5 == 0) {
        std::unique_lock lock(mutex);
        value++;
      } else {
        std::shared_lock lock(mutex);
        long seen = value;
        std::this_thread::yield();
        wrong[i] += seen != value;
      }
    }
  });
  long total = 0;
  for (long one : wrong)
    total += one;
  printf("shared: value %ld, wrong %ld\n", value, total);
}

int main() {
  std::mutex plain;
  std::recursive_mutex recursive;
  std::timed_mutex timed;
  std::shared_timed_mutex shared;
  printf("plain %ld, recursive %ld, timed %ld\n", count_under(plain), count_under(recursive),
         count_under(timed));
  printf("pairs %ld\n", lock_pairs());
  share();
  timed.lock();
  printf("timed, held: %d", elsewhere(timed, 20ms));
  timed.unlock();
  printf(", free: %d\n", elsewhere(timed, 20s));
  shared.lock_shared();
  printf("shared, held by a reader: %d", elsewhere(shared, 20ms));
  run_threads(1, [&](int) { printf(", reader joins: %d\n", shared.try_lock_shared_for(20s)); });
  std::unique_lock<std::mutex> lock(plain);
  try {
    lock.lock();
  } catch (const std::system_error& error) {
    printf("relock: %s\n", error_name(error.code().value()));
  }
}
