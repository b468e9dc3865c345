// C++20 counting_semaphore, binary_semaphore, latch and barrier with a completion function.
#include "program.h"

#include <atomic>
#include <barrier>
#include <latch>
#include <semaphore>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

static void semaphores() {
  std::counting_semaphore<10> slots(4);
  std::atomic<int> inside{0}, too_many{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 40; i++)
    threads.emplace_back([&] {
      slots.acquire();
      if (++inside > 4)
        too_many++;
      std::this_thread::sleep_for(500us);
      inside--;
      slots.release();
    });
  threads.clear();
  auto begin = std::chrono::steady_clock::now();
  std::binary_semaphore none(0);
  bool got = none.try_acquire_for(20ms);
  printf("too many %d, try_acquire_for %d, early %d\n", too_many.load(), got,
         std::chrono::steady_clock::now() - begin < 20ms);
}

static void ping_pong() {
  std::binary_semaphore ping(0), pong(0);
  int count = 0;
  std::jthread other([&] {
    for (int i = 0; i < 500; i++) {
      ping.acquire();
      count++;
      pong.release();
    }
  });
  int wrong = 0;
  for (int i = 0; i < 500; i++) {
    ping.release();
    pong.acquire();
    wrong += count != i + 1;
  }
  printf("ping-pong: count %d, wrong %d\n", count, wrong);
}

static void latches() {
  std::latch ready(30), go(1), done(30);
  std::atomic<int> before{0}, after{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 30; i++)
    threads.emplace_back([&] {
      before++;
      ready.count_down();
      go.wait();
      after++;
      done.arrive_and_wait();
    });
  ready.wait();
  printf("latch: before %d, after %d", before.load(), after.load());
  go.count_down();
  done.wait();
  printf(", then %d, try_wait %d\n", after.load(), done.try_wait());
}

static void barriers() {
  int phases = 0;
  long sum = 0;
  std::atomic<long> parts{0};
  std::barrier barrier(25, [&]() noexcept {
    phases++;
    sum += parts.exchange(0);
  });
  std::vector<std::jthread> threads;
  for (int i = 0; i < 25; i++)
    threads.emplace_back([&, i] {
      for (int phase = 0; phase < 10; phase++) {
        parts += i * phase;
        barrier.arrive_and_wait();
      }
      barrier.arrive_and_drop();
    });
  threads.clear();
  printf("barrier: phases %d, sum %ld\n", phases, sum);
}

int main() {
  semaphores();
  ping_pong();
  latches();
  barriers();
}
