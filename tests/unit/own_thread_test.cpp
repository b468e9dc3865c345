// Fibers that compute wait for locks on their kernel thread.
#include <catch2/catch.hpp>
#include <cerrno>
#include <thread>
#include <x86intrin.h>

#include "fibers/turns.h"
#include "stage.h"
#include "waits/lone_loop.h"
#include "waits/own_thread.h"
#include "waits/parking_lot.h"
#include "waits/waiting.h"

using namespace unblock;
using test::Stage;

namespace {

constexpr std::uint32_t any = ~0u;
constexpr Nanoseconds moment = second / 50;

// The main fiber has lost its processor, as the watchdog takes it from one that computes.
struct Computing {
  explicit Computing(Stage& stage) : main(stage.main), carrier(*main.carrier) {
    carrier.claim.store(Claim::None);
    own_thread::grant(carrier, main);
  }
  ~Computing() { carrier.claim.store(Claim::Outside); }
  Fiber& main;
  Carrier& carrier;
};

std::uintptr_t address_of(const std::uint32_t& word) { return reinterpret_cast<std::uintptr_t>(&word); }

long sleep_at(Fiber& fiber, const std::uint32_t& word, Nanoseconds deadline) {
  return waiting::on_address(fiber, address_of(word), 0, any, deadline);
}

// The same, for ever. One whose waker was not let run for as long as such a wait lasts waits so again.
long sleep_alone(Fiber& fiber, const std::uint32_t& word) {
  FutexNode& node = fiber.futex_node;
  node.fiber = &fiber;
  node.address = address_of(word);
  node.bitset = any;
  long result = 0;
  while (!own_thread::wait(fiber, 0, never, result)) {}
  return result;
}

// Does `attempt()` on a kernel thread of its own until it says that it found somebody waiting.
template <class Attempt>
std::thread once_waiting(Attempt attempt) {
  return std::thread([attempt] {
    while (!attempt()) std::this_thread::yield();
  });
}

}  // namespace

TEST_CASE("one that computes is woken where it is") {
  Stage stage;
  const Computing computing(stage);
  std::uint32_t word = 0;
  std::thread waker = once_waiting([&] { return parking_lot::wake(address_of(word), 1, any) == 1; });
  CHECK(sleep_alone(stage.main, word) == 0);
  waker.join();
  CHECK(parking_lot::wake(address_of(word), 1, any) == 0);
  CHECK(stage.main.carrier == &computing.carrier);
  CHECK(stage.loop.polls == 0);
}

TEST_CASE("its waits end at their deadlines, and by signals") {
  Stage stage;
  const Computing computing(stage);
  std::uint32_t word = 0;
  const Nanoseconds deadline = clock_time::now() + moment;
  CHECK(sleep_at(stage.main, word, deadline) == -ETIMEDOUT);
  CHECK(clock_time::now() >= deadline);
  CHECK(stage.main.futex_node.bucket.load() == nullptr);
  std::thread waker = once_waiting([&] { return scheduler::wake(stage.main, -EINTR); });
  CHECK(sleep_alone(stage.main, word) == -EINTR);
  waker.join();
  stage.main.signals.attention = 1;
  CHECK(sleep_at(stage.main, word, never) == -EINTR);
  stage.main.signals.attention = 0;
  word = 1;
  CHECK(sleep_at(stage.main, word, never) == -EAGAIN);
  CHECK(!scheduler::wake(stage.main, 0));
  CHECK(stage.loop.polls == 0);
}

TEST_CASE("a long wait begins anew elsewhere") {
  Stage stage;
  const Computing computing(stage);
  std::uint32_t word = 0;
  FutexNode& node = stage.main.futex_node;
  node.fiber = &stage.main;
  node.address = address_of(word);
  node.bitset = any;
  long result = 0;
  CHECK(!own_thread::wait(stage.main, 0, never, result));
  CHECK(node.bucket.load() == nullptr);
  CHECK(stage.main.wait.load() == Wait::None);
}

TEST_CASE("one that was moved to another word in a long wait is woken for nothing") {
  Stage stage;
  const Computing computing(stage);
  std::uint32_t word = 0, other = 0;
  std::thread mover = once_waiting([&] {
    parking_lot::PairGuard guard(parking_lot::bucket_of(address_of(word)),
                                 parking_lot::bucket_of(address_of(other)));
    return parking_lot::requeue_locked(address_of(word), address_of(other), 1) == 1;
  });
  CHECK(sleep_alone(stage.main, word) == 0);
  mover.join();
  CHECK(stage.main.futex_node.bucket.load() == nullptr);
}

TEST_CASE("one that computes waits for events where it is, and stays there though it finds what it reads") {
  Stage stage;
  const Computing computing(stage);
  turns::found(stage.main, 0);
  CHECK(stage.main.carrier == &computing.carrier);
  CHECK(lone_loop::waits_in_kernel(stage.main));
  computing.carrier.owner = nullptr;
  CHECK(!lone_loop::waits_in_kernel(stage.main));
}

TEST_CASE("an event loop that has waited in the kernel has its kernel thread for its own") {
  Stage stage;
  const Computing computing(stage);
  computing.carrier.owner = nullptr;
  CHECK(!own_thread::suits(stage.main));
  own_thread::keep(stage.main);
  CHECK(own_thread::suits(stage.main));
}

TEST_CASE("who does not compute any more is like the others") {
  Stage stage;
  const Computing computing(stage);
  int short_runs = 0;
  // Each begins now: one that is preempted in the middle is a long one, and the count begins anew.
  const auto runs_shortly = [&] {
    computing.carrier.waited = __rdtsc();
    return own_thread::suits(stage.main);
  };
  while (runs_shortly() && short_runs < 100000) ++short_runs;
  CHECK(short_runs > 1);
  CHECK(short_runs < 100000);
  CHECK(!own_thread::suits(stage.main));
}
