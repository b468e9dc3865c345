// Fibers that run in steps of their host.
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <semaphore>
#include <sys/wait.h>

#include "guests.h"
#include "waits.h"

namespace {

bool readable(int fd, int milliseconds) {
  pollfd entry{fd, POLLIN, 0};
  return poll(&entry, 1, milliseconds) == 1;
}

}  // namespace

TEST_CASE("guests run in steps alone, and the descriptor always tells") {
  for (int round = 0; round < 5; ++round) {
    const Embedded embedded;
    Guests guests;
    guests.begin();
    while (!guests.all_done()) {
      REQUIRE(readable(embedded.descriptor, 10'000));
      guests.step();
    }
    CHECK(guests.outside == 0);
    // Nobody is left: nothing to do.
    while (readable(embedded.descriptor, 0)) guests.step();
    CHECK_FALSE(readable(embedded.descriptor, 20));
  }
}

TEST_CASE("the host's own waits are the kernel's") {
  const Embedded embedded;
  std::atomic<int> ran{0};
  std::thread guest([&] {
    for (int i = 0; i < 3; ++i, ++ran) usleep(1000);
  });
  usleep(30'000);
  CHECK(ran == 0);
  while (ran < 3) {
    REQUIRE(readable(embedded.descriptor, 10'000));
    REQUIRE(unblock_step() == 0);
  }
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::atomic<bool> has_read{false};
  std::thread reader([&] {
    char byte;
    if (read(ends[0], &byte, 1) != 1) std::abort();
    has_read = true;
  });
  REQUIRE(unblock_step() == 0);
  REQUIRE(write(ends[1], "x", 1) == 1);
  while (!has_read) {
    REQUIRE(readable(embedded.descriptor, 10'000));
    REQUIRE(unblock_step() == 0);
  }
  guest.join();
  reader.join();
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("while the host waits for a lock or a thread the guests go on, and the descriptor tells after it") {
  const Embedded embedded;
  // Again if the machine is so busy that the later one's time comes while the host still waits.
  CHECK(eventually([&] {
    std::atomic<int> woken{0};
    std::thread later([&] {
      usleep(40'000);
      ++woken;
    });
    // The join runs both, and leaves the later one's time for the descriptor to tell.
    std::thread([&] { usleep(1000); }).join();
    const bool early = woken == 0;
    while (woken == 0) {
      REQUIRE(readable(embedded.descriptor, 10'000));
      REQUIRE(unblock_step() == 0);
    }
    later.join();
    return early;
  }));
}

TEST_CASE("who computes, and who waits in the kernel, comes back in a step") {
  const Embedded embedded("slice=5");
  std::atomic<int> ended{0};
  std::thread computes([&] {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(60);
    while (std::chrono::steady_clock::now() < end) {}
    usleep(100);
    ++ended;
  });
  std::thread child([&] {
    if (std::system("sleep 0.02") != 0) std::abort();
    usleep(100);
    ++ended;
  });
  while (ended < 2) {
    REQUIRE(readable(embedded.descriptor, 10'000));
    REQUIRE(unblock_step() == 0);
  }
  computes.join();
  child.join();
}

TEST_CASE("signals, children and descriptors of the host are as ever") {
  static std::atomic<int> handled;
  handled = 0;
  struct sigaction action {};
  action.sa_handler = [](int) { ++handled; };
  REQUIRE(sigaction(SIGUSR1, &action, nullptr) == 0);
  const Embedded embedded;
  const pthread_t host = pthread_self();
  std::atomic<bool> over{false};
  // Sent by a guest, handled by the host, whose wait it ends.
  std::thread guest([&] {
    usleep(1000);
    pthread_kill(host, SIGUSR1);
    over = true;
  });
  while (!over) {
    REQUIRE(readable(embedded.descriptor, 10'000));
    REQUIRE(unblock_step() == 0);
  }
  CHECK(handled == 1);
  guest.join();
  CHECK(std::system("exit 3") == 3 << 8);
  const pid_t child = fork();
  if (child == 0) {
    kill(getppid(), SIGUSR1);
    _exit(0);
  }
  // Whether it comes before, between or after.
  while (handled < 2) poll(nullptr, 0, 10);
  CHECK(waitpid(child, nullptr, 0) == child);
  // What is closed under a guest that waits, wakes it as natively: it goes on with the file.
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::atomic<long> got{-1};
  std::thread reader([&, fd = ends[0]] {
    char byte;
    got = read(fd, &byte, 1);
  });
  REQUIRE(unblock_step() == 0);
  close(ends[0]);
  close(ends[1]);
  while (got == -1) {
    REQUIRE(readable(embedded.descriptor, 10'000));
    REQUIRE(unblock_step() == 0);
  }
  CHECK(got == 0);
  reader.join();
  signal(SIGUSR1, SIG_DFL);
}

TEST_CASE("embedding is refused where it cannot be") {
  CHECK(unblock_descriptor() == -EINVAL);
  CHECK(unblock_step() == EPERM);
  REQUIRE(unblock_start(nullptr) == 0);
  CHECK(unblock_step() == EPERM);
  std::binary_semaphore go{0};
  std::jthread other([&] {
    CHECK(unblock_descriptor() == -EPERM);
    go.acquire();
  });
  CHECK(unblock_descriptor() == -EBUSY);
  go.release();
  other.join();
  const int descriptor = unblock_descriptor();
  CHECK(descriptor >= 0);
  CHECK(unblock_descriptor() == descriptor);
  const pid_t child = fork();
  if (child == 0) _exit(unblock_active() || unblock_step() != EPERM || fcntl(descriptor, F_GETFD) != -1);
  int status = -1;
  CHECK((waitpid(child, &status, 0) == child && status == 0));
  CHECK(unblock_stop() == 0);
  CHECK(fcntl(descriptor, F_GETFD) == -1);
}
