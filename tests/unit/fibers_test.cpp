// The table of fibers.
#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "fibers/fiber.h"

using namespace unblock;

namespace {

/// Takes back what a test created.
struct Created : std::vector<Fiber*> {
  explicit Created(std::size_t count) {
    while (size() < count) push_back(fibers::create());
  }
  ~Created() {
    for (Fiber* fiber : *this) fibers::destroy(*fiber);
  }
};

}  // namespace

TEST_CASE("every tid is new, above the kernel's and one that a futex can hold") {
  std::set<pid_t> tids;
  for (int round = 0; round < 3; ++round)
    for (Fiber* fiber : Created(200)) {
      REQUIRE(fiber);
      CHECK(fiber->tid >= limits::first_tid);
      CHECK(fiber->tid < 1 << 30);
      tids.insert(fiber->tid);
    }
  CHECK(tids.size() == 600);
}

TEST_CASE("a fiber is found by its tid while it lives") {
  Fiber* fiber = fibers::create();
  const pid_t tid = fiber->tid;
  CHECK(fibers::find(tid) == fiber);
  fibers::destroy(*fiber);
  CHECK(fibers::find(tid) == nullptr);
  Fiber* next = fibers::create();
  CHECK(next == fiber);  // the block is used again
  CHECK(fibers::find(tid) == nullptr);
  CHECK(fibers::find(next->tid) == next);
  fibers::destroy(*next);
}

TEST_CASE("tids that no fiber has are nobody's") {
  const Created some(3);
  for (const pid_t tid : {-1, 0, 1, limits::first_tid - 1, limits::first_tid, 0x3fffffff, 0x7fffffff}) {
    INFO(tid);
    CHECK(fibers::find(tid) == nullptr);
  }
}

TEST_CASE("the live ones are counted and visited") {
  const int before = fibers::live();
  const Created some(100);
  CHECK(fibers::live() == before + 100);
  int visited = 0;
  CHECK_FALSE(fibers::any([&](Fiber&) { return ++visited < 0; }));
  CHECK(visited == before + 100);
  CHECK(fibers::any([&](Fiber& fiber) { return &fiber == some[50]; }));
}

TEST_CASE("a control block is clean when it is used again") {
  Fiber* fiber = fibers::create();
  int word = 1;
  fiber->clear_tid = &word;
  fiber->name[0] = 'x';
  fiber->in_runtime = 1;
  fiber->exiting = true;
  fiber->signals.mask = ~SignalSet{0};
  fiber->restart_deadline = 5;
  fibers::destroy(*fiber);
  REQUIRE(fibers::create() == fiber);
  CHECK(fiber->clear_tid == nullptr);
  CHECK(fiber->name[0] == 0);
  CHECK(fiber->in_runtime == 0);
  CHECK_FALSE(fiber->exiting);
  CHECK(fiber->signals.mask == 0);
  CHECK(fiber->restart_deadline == 0);
  fibers::destroy(*fiber);
}
