// Deadlines, in this library's calls and, for fibers, in C's.
#include <catch2/catch.hpp>
#include <arpa/inet.h>
#include <csignal>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "unblock.hpp"

using namespace std::chrono_literals;

namespace {

// Whether `call` fails with ETIMEDOUT at a deadline of ten milliseconds.
template <class Call>
bool times_out(Call call) {
  const auto start = unblock::clock::now();
  const unblock::deadline soon(10ms);
  errno = 0;
  const bool failed = call() == -1 && errno == ETIMEDOUT;
  return failed && unblock::clock::now() - start >= 10ms;
}

}  // namespace

TEST_CASE("a deadline within a deadline only makes it sooner") {
  const auto before = unblock::deadline::current();
  {
    const unblock::deadline outer(5ms);
    const unblock::deadline inner(1h);
    CHECK_THROWS_AS(unblock::event().wait(), unblock::timed_out);
    CHECK(outer.passed());
    CHECK_FALSE(inner.passed());
    CHECK_THROWS_AS(unblock::deadline::check(), unblock::timed_out);
  }
  {
    const unblock::deadline outer(1h);
    try {
      const unblock::deadline inner(5ms);
      unblock::event().wait();
      FAIL();
    } catch (const unblock::timed_out& late) {
      CHECK(late.code() == std::errc::timed_out);
    }
    unblock::deadline::check();
    CHECK_FALSE(outer.passed());
  }
  CHECK(unblock::deadline::current() == before);
}

TEST_CASE("a deadline that is over does not stop what need not wait") {
  const unblock::deadline past(unblock::clock::now() - 1s);
  unblock::channel<int> one(1);
  CHECK(one.send(1));
  CHECK(one.receive() == 1);
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  CHECK(write(ends[1], "x", 1) == 1);
  char byte;
  CHECK(read(ends[0], &byte, 1) == 1);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("another thread's deadline is its own") {
  const unblock::deadline soon(1h);
  CHECK(unblock::spawn([] { return unblock::deadline::current(); }).get() ==
        unblock::clock::time_point::max());
}

TEST_CASE("waits of this library end at the deadline", "[cancel]") {
  const unblock::deadline soon(10ms);
  const auto endless = unblock::spawn([] { pause(); });
  CHECK_THROWS_AS(endless.join(), unblock::timed_out);
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  CHECK_THROWS_AS(unblock::wait_fd(ends[0], POLLIN), unblock::timed_out);
  CHECK_THROWS_AS(unblock::stream(ends[0]).read_some(), unblock::timed_out);
  close(ends[1]);
  CHECK(endless.cancel());
}

TEST_CASE("a fiber's blocking calls of C fail with ETIMEDOUT") {
  if (!unblock_active()) return;
  int ends[2], pair[2];
  REQUIRE(pipe(ends) == 0);
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  char byte;
  CHECK(times_out([&] { return read(ends[0], &byte, 1); }));
  CHECK(times_out([&] { return recv(pair[0], &byte, 1, 0); }));
  CHECK(times_out([&] { return usleep(100'000'000); }));
  pollfd entry{ends[0], POLLIN, 0};
  CHECK(times_out([&] { return poll(&entry, 1, -1); }));
  CHECK(times_out([&] { return pause(); }));
  CHECK(times_out([&] {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    return sigwaitinfo(&set, nullptr);
  }));
  sem_t none;
  sem_init(&none, 0, 0);
  CHECK(times_out([&] { return sem_wait(&none); }));
  sem_destroy(&none);
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  pthread_mutex_lock(&mutex);
  {
    const unblock::deadline soon(10ms);
    CHECK(pthread_cond_wait(&condition, &mutex) == ETIMEDOUT);
  }
  pthread_mutex_unlock(&mutex);
  for (const int fd : {ends[0], ends[1], pair[0], pair[1]}) close(fd);
}

TEST_CASE("a call's own timeout is told from the deadline") {
  if (!unblock_active()) return;
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  pollfd entry{ends[0], POLLIN, 0};
  const unblock::deadline late(10s);
  CHECK(poll(&entry, 1, 5) == 0);
  CHECK(usleep(1000) == 0);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a mutex is waited for past the deadline") {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  const auto locker = unblock::spawn([&] {
    const unblock::deadline soon(5ms);
    const int result = pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    return result;
  });
  std::this_thread::sleep_for(20ms);
  CHECK_FALSE(locker.ready());
  pthread_mutex_unlock(&mutex);
  CHECK(locker.get() == 0);
}
