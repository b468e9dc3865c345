// Switches between flows, and who holds the processor.
#include <catch2/catch.hpp>
#include <string_view>

#include "kernel.h"
#include "stage.h"

using namespace unblock;
using test::Stage;

namespace {

/// What fibers saw, in order; without allocation.
struct Record {
  void add(char c) { text[length++] = c; }
  std::string_view view() const { return {text, length}; }
  char text[64];
  std::size_t length = 0;
};

long here() { return kernel::call(SYS_gettid); }

}  // namespace

TEST_CASE("who parks lets the others run, and goes on with what woke it") {
  Stage stage;
  bool ran = false;
  stage.start([&](Fiber&) {
    ran = true;
    static_cast<void>(scheduler::wake(stage.main, 7));
  });
  CHECK_FALSE(ran);
  CHECK(stage.park() == 7);
  CHECK(ran);
}

TEST_CASE("a wake-up between announcing and parking is not lost") {
  Stage stage;
  scheduler::acquire(stage.main);
  scheduler::prepare_wait(stage.main);
  CHECK(scheduler::wake(stage.main, 3));
  CHECK_FALSE(scheduler::cancel_wait(stage.main));
  CHECK(scheduler::park(stage.main) == 3);
  scheduler::release(stage.main);
}

TEST_CASE("one waker wins, and none once the wait is given up or over") {
  Stage stage;
  CHECK_FALSE(scheduler::claim_wake(stage.main, 1));
  scheduler::prepare_wait(stage.main);
  CHECK(scheduler::claim_wake(stage.main, 1));
  CHECK_FALSE(scheduler::claim_wake(stage.main, 2));
  CHECK(stage.main.wake_result == 1);
  scheduler::prepare_wait(stage.main);
  CHECK(scheduler::cancel_wait(stage.main));
  CHECK_FALSE(scheduler::claim_wake(stage.main, 3));
}

TEST_CASE("who yields goes behind those who are ready") {
  Stage stage;
  Record record;
  for (const char name : {'a', 'b', 'c'})
    stage.start([&stage, &record, name](Fiber& fiber) {
      for (int i = 0; i < 3; ++i) {
        record.add(name);
        scheduler::yield(fiber);
      }
      if (name == 'c') static_cast<void>(scheduler::wake(stage.main, 0));
    });
  stage.park();
  CHECK(record.view() == "abcabcabc");
}

TEST_CASE("yielding alone returns") {
  Stage stage;
  for (int i = 0; i < 100; ++i) scheduler::yield(stage.main);
  SUCCEED();
}

TEST_CASE("fibers that end leave nothing behind") {
  Stage stage;
  const int before = fibers::live();
  int left = 100;
  for (int i = 0; i < 100; ++i)
    stage.start([&](Fiber&) {
      if (--left == 0) static_cast<void>(scheduler::wake(stage.main, 0));
    });
  CHECK(fibers::live() == before + 100);
  stage.park();
  while (fibers::live() > before) scheduler::yield(stage.main);
  CHECK(left == 0);
}

TEST_CASE("who hands its processor off goes on, while another kernel thread runs the rest; then it follows") {
  Stage stage;
  std::atomic<long> elsewhere{0};
  stage.start([&](Fiber&) { elsewhere = here(); });
  const long before = here();
  scheduler::hand_off(stage.main);
  while (elsewhere == 0) kernel::call(SYS_sched_yield);
  CHECK(here() == before);
  CHECK(elsewhere != before);
  CHECK(stage.main.carrier->claim == Claim::None);
  scheduler::acquire(stage.main);
  CHECK(here() == elsewhere);
  CHECK(stage.processor.holder == stage.main.carrier);
  scheduler::release(stage.main);
}

TEST_CASE("whom a fiber wakes beside it comes behind those who are ready, and the waker keeps its processor") {
  Stage stage;
  Record record;
  Fiber& sleeper = stage.start([&](Fiber& fiber) {
    scheduler::acquire(fiber);
    scheduler::prepare_wait(fiber);
    record.add(static_cast<char>(scheduler::park(fiber)));
    scheduler::release(fiber);
    static_cast<void>(scheduler::wake(stage.main, 0));
  });
  stage.start([&](Fiber& fiber) {
    unblock_self = &fiber;
    record.add(scheduler::wake_near(sleeper, 's') && fiber.carrier->claim == Claim::Outside ? 'o' : '-');
    scheduler::acquire(fiber);
    record.add(!scheduler::wake_near(sleeper, 't') && fiber.carrier->claim == Claim::Inside ? 'i' : '-');
    scheduler::release(fiber);
  });
  stage.start([&](Fiber&) { record.add('r'); });
  stage.park();
  CHECK(record.view() == "oirs");
}
