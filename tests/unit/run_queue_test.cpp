// A queue whose owner takes from it, and others beside.
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "fake_fiber.h"
#include "fences.h"
#include "fibers/run_queue.h"

using namespace unblock;

TEST_CASE("who is taken beside the owner is in one place, and nobody is lost") {
  const bool commanded = GENERATE(false, true);
  fences::detail::one_sided = false;
  if (commanded) fences::prepare();
  constexpr int count = 20'000;
  std::vector<Fiber> fibers(count);
  std::vector<int> seen(count), seen_elsewhere(count);
  RunQueue queue, elsewhere;
  std::atomic<bool> over{false};
  std::thread taker([&] {
    while (!over) {
      static_cast<void>(elsewhere.take_part(queue, 2));
      while (Fiber* fiber = elsewhere.pop())
        ++seen_elsewhere[static_cast<std::size_t>(fiber - fibers.data())];
    }
  });
  const auto pop = [&] {
    Fiber* fiber = queue.pop();
    if (fiber) ++seen[static_cast<std::size_t>(fiber - fibers.data())];
    return fiber;
  };
  for (std::size_t i = 0; i < count; ++i) {
    queue.push(fibers[i]);
    if (i % 3 == 0) pop();
  }
  while (pop()) {}
  over = true;
  taker.join();
  for (std::size_t i = 0; i < count; ++i) REQUIRE(seen[i] + seen_elsewhere[i] == 1);
}
