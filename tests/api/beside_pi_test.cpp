// Priority-inheriting mutexes of fibers and of threads that are none.
#include <catch2/catch.hpp>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <linux/futex.h>
#include <pthread.h>
#include <vector>

#include "outsider.h"
#include "unblock.hpp"

using namespace std::chrono_literals;

namespace {

struct Inheriting {
  explicit Inheriting(int robustness = PTHREAD_MUTEX_STALLED) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutexattr_setrobust(&attributes, robustness);
    REQUIRE(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT) == 0);
    REQUIRE(pthread_mutex_init(&mutex, &attributes) == 0);
  }
  ~Inheriting() { pthread_mutex_destroy(&mutex); }
  int lock() { return pthread_mutex_lock(&mutex); }
  int unlock() { return pthread_mutex_unlock(&mutex); }
  int try_for(std::chrono::milliseconds time) {
    timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    const long nanoseconds = deadline.tv_nsec + std::chrono::nanoseconds(time).count();
    deadline.tv_sec += nanoseconds / 1'000'000'000;
    deadline.tv_nsec = nanoseconds % 1'000'000'000;
    return pthread_mutex_timedlock(&mutex, &deadline);
  }
  bool contended() const { return __atomic_load_n(&mutex.__data.__lock, __ATOMIC_SEQ_CST) & FUTEX_WAITERS; }
  pthread_mutex_t mutex;
};

}  // namespace

TEST_CASE("a priority-inheriting mutex passes between both sides") {
  Outsider other;
  const unblock::runtime runtime;
  Inheriting mutex;
  SECTION("a fiber has it") {
    REQUIRE(mutex.lock() == 0);
    std::atomic<int> got{-1};
    other.run([&] { CHECK(pthread_mutex_trylock(&mutex.mutex) == EBUSY); });
    other.run([&] { CHECK(mutex.try_for(20ms) == ETIMEDOUT); });
    other.begin([&] { got = mutex.lock(); });
    std::this_thread::sleep_for(20ms);
    CHECK(got == -1);
    CHECK(mutex.unlock() == 0);
    other.wait();
    CHECK(got == 0);
    other.run([&] { CHECK(mutex.unlock() == 0); });
  }
  SECTION("a kernel thread has it") {
    other.run([&] { REQUIRE(mutex.lock() == 0); });
    CHECK(pthread_mutex_trylock(&mutex.mutex) == EBUSY);
    CHECK(mutex.try_for(20ms) == ETIMEDOUT);
    std::thread fiber([&] {
      CHECK(mutex.lock() == 0);
      CHECK(mutex.lock() == EDEADLK);
      CHECK(mutex.unlock() == 0);
    });
    std::this_thread::sleep_for(20ms);
    other.run([&] { CHECK(mutex.unlock() == 0); });
    fiber.join();
  }
  CHECK(mutex.lock() == 0);
  CHECK(mutex.unlock() == 0);
}

TEST_CASE("a contended priority-inheriting mutex excludes, and nobody starves") {
  constexpr int rounds = 300;
  Outsider others[3];
  const unblock::runtime runtime;
  Inheriting mutex;
  long value = 0;
  const auto add = [&] {
    for (int i = 0; i < rounds; ++i) {
      if (mutex.lock() != 0) std::abort();
      const long seen = value;
      if (i % 16 == 0) std::this_thread::sleep_for(100us);
      value = seen + 1;
      if (mutex.unlock() != 0) std::abort();
    }
  };
  for (Outsider& other : others) other.begin(add);
  std::vector<std::thread> fibers;
  for (int i = 0; i < 5; ++i) fibers.emplace_back(add);
  for (std::thread& fiber : fibers) fiber.join();
  for (Outsider& other : others) other.wait();
  CHECK(value == 8 * rounds);
}

TEST_CASE("a priority-inheriting mutex over start and stop") {
  Outsider other;
  Inheriting mutex;
  for (int round = 0; round < 3; ++round) {
    {
      const unblock::runtime runtime;
      REQUIRE(mutex.lock() == 0);
      other.begin([&] { CHECK(mutex.lock() == 0); });
      std::this_thread::sleep_for(10ms);
    }
    CHECK(mutex.unlock() == 0);
    other.wait();
    {
      const unblock::runtime runtime;
      std::thread fiber([&] {
        CHECK(mutex.lock() == 0);
        CHECK(mutex.unlock() == 0);
      });
      std::this_thread::sleep_for(5ms);
      other.run([&] { CHECK(mutex.unlock() == 0); });
      fiber.join();
    }
  }
}

TEST_CASE("a priority-inheriting mutex from before, for which kernel threads wait in the kernel") {
  Outsider others[3];
  Inheriting mutex;
  REQUIRE(mutex.lock() == 0);
  std::atomic<int> got{0};
  for (Outsider& other : others)
    other.begin([&] {
      CHECK(mutex.lock() == 0);
      ++got;
      CHECK(mutex.unlock() == 0);
    });
  while (!mutex.contended()) std::this_thread::sleep_for(1ms);
  const unblock::runtime runtime;
  std::thread fiber([&] {
    CHECK(mutex.lock() == 0);
    ++got;
    CHECK(mutex.unlock() == 0);
  });
  std::this_thread::sleep_for(20ms);  // so that it is on another kernel thread
  CHECK(got == 0);
  CHECK(mutex.unlock() == 0);
  for (Outsider& other : others) other.wait();
  fiber.join();
  CHECK(got == 4);
  CHECK(mutex.lock() == 0);
  CHECK(mutex.unlock() == 0);
}

TEST_CASE("the owner of a robust one ends") {
  Inheriting mutex(PTHREAD_MUTEX_ROBUST);
  std::atomic<bool> held{false}, over{false};
  std::thread dies([&] {
    if (mutex.lock() != 0) std::abort();
    for (held = true; !over;) std::this_thread::sleep_for(1ms);
  });
  while (!held) std::this_thread::yield();
  const unblock::runtime runtime;
  std::thread fiber([&] {
    CHECK(mutex.lock() == EOWNERDEAD);
    CHECK(pthread_mutex_consistent(&mutex.mutex) == 0);
    CHECK(mutex.unlock() == 0);
  });
  std::this_thread::sleep_for(20ms);
  over = true;
  dies.join();
  fiber.join();
}
