// The CPU time of fibers, as threads that are none ask for it.
#include <catch2/catch.hpp>
#include <atomic>
#include <csignal>
#include <ctime>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "outsider.h"
#include "unblock.hpp"

namespace {

constexpr long enough = 30'000'000;  // nanoseconds to compute

long nanoseconds(clockid_t clock) {
  timespec time{};
  return clock_gettime(clock, &time) == 0 ? time.tv_sec * 1'000'000'000 + time.tv_nsec : -1;
}

clockid_t clock_of(std::thread& thread) {
  clockid_t clock = 0;
  REQUIRE(pthread_getcpuclockid(thread.native_handle(), &clock) == 0);
  return clock;
}

}  // namespace

TEST_CASE("a kernel thread asks for a fiber's CPU time") {
  Outsider other;
  const unblock::runtime runtime;
  sem_t computed, over;
  sem_init(&computed, 0, 0);
  sem_init(&over, 0, 0);
  std::thread computes([&] {
    while (nanoseconds(CLOCK_THREAD_CPUTIME_ID) < enough) {}
    sem_post(&computed);
    sem_wait(&over);
  });
  std::thread sleeps([&] { sem_wait(&over); });
  sem_wait(&computed);
  const clockid_t of_busy = clock_of(computes), of_idle = clock_of(sleeps);
  long busy = 0, idle = 0, by_call = 0, resolution = 0, created = -1, own = 0;
  other.run([&] {
    timespec time{};
    busy = nanoseconds(of_busy);
    idle = nanoseconds(of_idle);
    if (syscall(SYS_clock_gettime, of_busy, &time) == 0) by_call = time.tv_sec * 1'000'000'000 + time.tv_nsec;
    if (clock_getres(of_busy, &time) == 0) resolution = time.tv_nsec;
    sigevent event{};
    event.sigev_notify = SIGEV_NONE;
    timer_t timer;
    created = timer_create(of_busy, &event, &timer);
    if (created == 0) timer_delete(timer);
    own = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  });
  CHECK(busy >= enough);
  CHECK(by_call >= busy);
  CHECK(idle >= 0);
  CHECK(idle < enough);
  CHECK(resolution == 1);
  CHECK(created == 0);
  CHECK(own > 0);
  // And the other way round.
  clockid_t of_other;
  REQUIRE(pthread_getcpuclockid(other.id(), &of_other) == 0);
  CHECK(nanoseconds(of_other) >= own);
  sem_post(&over);
  sem_post(&over);
  computes.join();
  sleeps.join();
  CHECK(nanoseconds(of_busy) == -1);
}
