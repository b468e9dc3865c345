// What is known of listeners: those from before the first thread, and who accepts there.
#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "descriptors/descriptors.h"
#include "descriptors/early_sockets.h"
#include "runtime_limits.h"

using namespace unblock;

namespace {

/// One that was noted as it was made, at an address of the kernel's choice.
struct Listener {
  Listener() {
    REQUIRE(fd >= 0);
    early_sockets::made(fd);
    REQUIRE(listen(fd, 1) == 0);
  }
  ~Listener() {
    descriptors::forget(fd);
    close(fd);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] bool adopted() const {
    early_sockets::adopt();
    return descriptors::is_private(fd);
  }

  int fd = socket(AF_INET, SOCK_STREAM, 0);
};

}  // namespace

TEST_CASE("a listener of this process alone is adopted") {
  const Listener listener;
  CHECK_FALSE(descriptors::is_private(listener.fd));
  CHECK(listener.adopted());
  CHECK(descriptors::blocking(listener.fd));
}

TEST_CASE("one whose file has another descriptor is not") {
  const Listener listener;
  const int duplicate = dup(listener.fd);
  CHECK_FALSE(listener.adopted());
  close(duplicate);
}

TEST_CASE("one with a timeout is not") {
  const Listener listener;
  const timeval time{1, 0};
  REQUIRE(setsockopt(listener.fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) == 0);
  CHECK_FALSE(listener.adopted());
}

TEST_CASE("one that was forgotten, or closed as far as is known, is not") {
  const Listener listener;
  SECTION("forgotten") { early_sockets::forget(); }
  SECTION("closed") { early_sockets::closed(listener.fd); }
  CHECK_FALSE(listener.adopted());
}

TEST_CASE("one whose number is another listener's is not") {
  const Listener listener;
  const int other = socket(AF_INET, SOCK_STREAM, 0);
  REQUIRE(listen(other, 1) == 0);
  REQUIRE(dup2(other, listener.fd) == listener.fd);
  close(other);
  CHECK_FALSE(listener.adopted());
}

TEST_CASE("a socket that does not listen is not adopted") {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  early_sockets::made(fd);
  early_sockets::adopt();
  CHECK_FALSE(descriptors::is_private(fd));
  close(fd);
}

TEST_CASE("a fiber accepts alone once it has a few times in a row") {
  const Listener listener;
  REQUIRE(listener.adopted());
  Fiber one, other;
  one.slot = 1;
  other.slot = 2;
  const auto note_often = [&](const Fiber& fiber) {
    for (int i = 0; i <= limits::accepts_alone; ++i) descriptors::note_accepter(listener.fd, fiber);
  };
  note_often(one);
  CHECK_FALSE(descriptors::accepts_alone(listener.fd, one));  // nothing came yet: does it listen?
  const int accepted = socket(AF_INET, SOCK_STREAM, 0);
  descriptors::accepted(accepted, listener.fd, true);
  CHECK(descriptors::accepts_alone(listener.fd, one));
  CHECK_FALSE(descriptors::accepts_alone(listener.fd, other));
  descriptors::note_accepter(listener.fd, other);
  CHECK_FALSE(descriptors::accepts_alone(listener.fd, one));
  note_often(one);
  CHECK(descriptors::accepts_alone(listener.fd, one));
  SECTION("its flags may have changed") { descriptors::changed(listener.fd); }
  SECTION("its number is free") { descriptors::forget(listener.fd); }
  SECTION("another process may have it") { descriptors::shared(); }
  CHECK_FALSE(descriptors::accepts_alone(listener.fd, one));
  descriptors::forget(accepted);
  close(accepted);
}
