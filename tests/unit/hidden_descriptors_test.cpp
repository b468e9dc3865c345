// Descriptors of the runtime's own.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptors/descriptors.h"
#include "runtime_limits.h"

using namespace unblock;

namespace {

int make_file() {
  const int fd = memfd_create("hidden", 0);
  REQUIRE(fd >= 0);
  return fd;
}

ino_t inode(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

rlimit limit_now() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit;
}

/// Restores the limit of descriptors.
struct Limited {
  explicit Limited(rlim_t descriptors) : before(limit_now()) {
    const rlimit lowered{descriptors, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &lowered) == 0);
  }
  ~Limited() { setrlimit(RLIMIT_NOFILE, &before); }
  rlimit before;
};

}  // namespace

TEST_CASE("a hidden descriptor is the same file, far from the program's, closed on exec") {
  const int fd = make_file();
  const ino_t file = inode(fd);
  const int hidden = descriptors::hide(fd);
  CHECK(inode(hidden) == file);
  CHECK(hidden >= static_cast<int>(limits::hidden_descriptors));
  CHECK(fcntl(hidden, F_GETFD) == FD_CLOEXEC);
  CHECK(descriptors::hidden(hidden));
  CHECK_FALSE(descriptors::hidden(fd));
  const int next = make_file();
  CHECK(next == fd);  // the program's next number is what it would be natively
  close(next);
  descriptors::close_hidden(hidden);
  CHECK_FALSE(descriptors::hidden(hidden));
  CHECK(inode(hidden) == 0);
}

TEST_CASE("a low limit puts them at or near its end, and stays as it was") {
  const Limited limited(64);
  const int hidden = descriptors::hide(make_file());
  CHECK(hidden >= 32);
  CHECK(descriptors::hidden(hidden));
  CHECK(limit_now().rlim_cur == 64);
  descriptors::close_hidden(hidden);
}

TEST_CASE("they are found in order, and all closed in a fork's child") {
  const int one = descriptors::hide(make_file());
  const int other = descriptors::hide(make_file());
  const int lower = std::min(one, other), higher = std::max(one, other);
  CHECK(descriptors::next_hidden(0) == lower);
  CHECK(descriptors::next_hidden(lower) == lower);
  CHECK(descriptors::next_hidden(lower + 1) == higher);
  CHECK(descriptors::next_hidden(higher + 1) == -1);
  descriptors::close_all_hidden();
  CHECK(descriptors::next_hidden(0) == -1);
  CHECK(inode(lower) == 0);
  CHECK(inode(higher) == 0);
}

TEST_CASE("what is no descriptor stays none") {
  CHECK(descriptors::hide(-1) == -1);
  const int some = descriptors::hide(make_file());
  for (const int fd : {-1, 0}) {
    CHECK_FALSE(descriptors::hidden(fd));
    descriptors::close_hidden(fd);
  }
  CHECK(fcntl(0, F_GETFD) >= 0);
  CHECK(descriptors::hidden(some));
  descriptors::close_hidden(some);
}
