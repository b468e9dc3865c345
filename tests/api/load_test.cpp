// A program that links the library and has not asked for anything yet.
#include <catch2/catch.hpp>
#include <algorithm>
#include <fstream>
#include <linux/membarrier.h>
#include <string>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "unblock.h"

namespace {

constexpr int get_registrations = 1 << 9;  // MEMBARRIER_CMD_GET_REGISTRATIONS, in headers since Linux 6.3

unsigned long descriptors_with_room() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "FDSize:" && status >> word) return std::stoul(word);
  return 0;
}

TEST_CASE("a start beside threads will wait for nothing that could be done while there were none") {
  REQUIRE(unblock_active() == 0);
  const long registered = syscall(SYS_membarrier, get_registrations, 0, 0);
  if (registered >= 0) {
    CHECK((registered & MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) != 0);
    CHECK((registered & MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE) != 0);
  }
  rlimit limit;
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(descriptors_with_room() >= std::min<unsigned long>(limit.rlim_cur, 4096) / 2);
}

}  // namespace
