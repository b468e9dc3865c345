// The kernel's settings.
#include <catch2/catch.hpp>

#include "sysctl.h"

using namespace unblock;

TEST_CASE("a setting is the number that its file begins with") {
  CHECK(sysctl::number("/proc/sys/vm/max_map_count") > 0);
  CHECK(sysctl::number("/proc/sys/kernel/ostype") == -1);
  CHECK(sysctl::number("/proc/sys/vm/there_is_none") == -1);
}
