// What a loop tells beforehand of what it reports.
#include <catch2/catch.hpp>
#include <sys/epoll.h>
#include <utility>
#include <vector>

#include "waits/look_ahead.h"

using namespace unblock;

namespace {

struct Expecting final : EventSink {
  void ready(int, unsigned) noexcept override {}
  void expect(int next_but_few, int next_but_some) noexcept override {
    soon.push_back(next_but_few);
    later.push_back(next_but_some);
  }

  std::vector<int> soon, later;
};

std::vector<epoll_event> events_of(int count) {
  std::vector<epoll_event> events(static_cast<std::size_t>(count));
  // libev has a count in the upper half.
  for (int i = 0; i < count; ++i)
    events[static_cast<std::size_t>(i)].data.u64 = (7ULL << 32) + 100 + static_cast<unsigned>(i);
  return events;
}

}  // namespace

TEST_CASE("descriptors are expected in the order in which they are reported, the last first") {
  LookAhead ahead;
  Expecting sink;
  auto events = events_of(limits::cold_look);
  ahead.found(events.data(), limits::cold_look);
  events.clear();
  for (int i = 0; i < limits::cold_look; ++i) ahead.next(sink);
  REQUIRE(sink.soon.size() == limits::cold_look - limits::expected_soon);
  const int last = 100 + limits::cold_look - 1;
  CHECK(sink.soon.front() == last - limits::expected_soon);
  CHECK(sink.later.front() == last - limits::expected_later);
  CHECK(sink.soon.back() == 100);
  CHECK(sink.later.back() == -1);
}

TEST_CASE("few descriptors are not expected, nor those of a look that failed") {
  LookAhead ahead;
  Expecting sink;
  auto events = events_of(limits::cold_look);
  for (const int count : {limits::cold_look, limits::cold_look - 1, -1, 0}) {
    ahead.found(events.data(), count);
    if (count == limits::cold_look) continue;
    for (int i = 0; i < limits::cold_look; ++i) ahead.next(sink);
  }
  CHECK(sink.soon.empty());
}

TEST_CASE("of very many the first to be reported are expected") {
  LookAhead ahead;
  Expecting sink;
  const int count = limits::looked_ahead + 50;
  auto events = events_of(count);
  ahead.found(events.data(), count);
  for (int i = 0; i < count; ++i) ahead.next(sink);
  REQUIRE(sink.soon.size() == limits::looked_ahead - limits::expected_soon);
  CHECK(sink.soon.front() == 100 + count - 1 - limits::expected_soon);
  CHECK(sink.soon.back() == 100 + 50);
}
