// Locks between kernel threads.
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "fences.h"
#include "kernel.h"
#include "lock.h"

using namespace unblock;

namespace {

/// Adds up in several threads, each of which holds the lock for long now and then, so that others sleep.
long added_up(int threads, long each) {
  Lock lock;
  volatile long sum = 0;
  std::vector<std::thread> adders;
  for (int i = 0; i < threads; ++i)
    adders.emplace_back([&, i] {
      const timespec moment{0, 50'000};
      for (long j = 0; j < each; ++j) {
        const Guard guard(lock);
        sum = sum + 1;
        if (j % 512 == i) kernel::call(SYS_nanosleep, &moment, nullptr);
      }
    });
  for (std::thread& adder : adders) adder.join();
  return sum;
}

}  // namespace

TEST_CASE("a lock excludes, and whoever sleeps for it is woken") {
  CHECK(added_up(4, 20'000) == 80'000);
  fences::prepare();
  CHECK(added_up(4, 20'000) == 80'000);
}
