// Counters, peaks, and the table.
#include <catch2/catch.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "captured_stderr.h"
#include "stats.h"

namespace stats = unblock::stats;
using unblock::test::captured_stderr;

TEST_CASE("counts go up and down, and say where they are") {
  stats::reset();
  CHECK(stats::count(stats::fibers_live) == 1);
  CHECK(stats::count(stats::fibers_live, 4) == 5);
  CHECK(stats::count(stats::fibers_live, -2) == 3);
  CHECK(stats::value(stats::fibers_live) == 3);
  CHECK(stats::value(stats::fibers_created) == 0);
}

TEST_CASE("a peak never sinks") {
  stats::reset();
  stats::raise(stats::fibers_peak, 7);
  stats::raise(stats::fibers_peak, 3);
  CHECK(stats::value(stats::fibers_peak) == 7);
  stats::raise(stats::fibers_peak, 8);
  CHECK(stats::value(stats::fibers_peak) == 8);
}

TEST_CASE("no count is lost between threads") {
  stats::reset();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([i] {
      for (int n = 0; n < 10000; ++n) stats::count(stats::switches);
      stats::raise(stats::carriers_peak, i);
    });
  for (auto& thread : threads) thread.join();
  CHECK(stats::value(stats::switches) == 40000);
  CHECK(stats::value(stats::carriers_peak) == 3);
}

TEST_CASE("the table has a line for each counter and each object") {
  stats::reset();
  stats::count(stats::parks, 1234567);
  const stats::Object objects[] = {{"libc.so.6", 526, 506, 19, 1}, {"/usr/lib/liburing.so.2", 4, 4, 0, 0}};
  std::istringstream table(captured_stderr([&] { stats::print(objects); }));
  std::string line;
  REQUIRE(std::getline(table, line));
  CHECK(line.find("unblock: statistics of ") == 0);
  for (unsigned i = 0; i < stats::counter_count; ++i) {
    REQUIRE(std::getline(table, line));
    if (i == stats::parks) CHECK(line.find("parks                    1234567  fibers") != line.npos);
  }
  REQUIRE(std::getline(table, line));
  CHECK(line.find("left") == line.size() - 4);
  REQUIRE(std::getline(table, line));
  CHECK(line.find("libc.so.6") == 2);
  CHECK(line.find("     526     506      19       1") == line.size() - 32);
  const std::size_t width = line.size();
  REQUIRE(std::getline(table, line));
  CHECK(line.size() == width);
  CHECK_FALSE(std::getline(table, line));
}

TEST_CASE("without objects there is no heading for them") {
  stats::reset();
  CHECK(captured_stderr([] { stats::print({}); }).find("syscall instructions") == std::string::npos);
}

TEST_CASE("objects beyond the limit are added up, long names keep their ends") {
  std::vector<stats::Object> objects(unblock::limits::stats_objects, {"a.so", 1, 1, 0, 0});
  const std::string name = "/opt/" + std::string(100, 'x') + "/end.so";
  objects[0].name = name.c_str();
  objects.push_back({"b.so", 10, 9, 1, 0});
  objects.push_back({"c.so", 20, 18, 1, 1});
  const std::string table = captured_stderr([&] { stats::print(objects); });
  CHECK(table.find("b.so") == table.npos);
  const std::string others = table.substr(table.find("all others"));
  CHECK(others.find("      30      27       2       1\n") != others.npos);
  CHECK(table.find("xx/end.so       1") != table.npos);
}
