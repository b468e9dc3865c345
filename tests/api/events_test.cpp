// Callbacks for what becomes of fibers.
#include <catch2/catch.hpp>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <pthread.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "unblock.h"
#include "waits.h"

namespace {

// Counts what is told, and keeps the last event of a kind.
struct Account {
  std::atomic<int> started{0}, ended{0}, parked{0}, resumed{0}, stalled{0};
  std::atomic<int> on_descriptor{0}, on_address{0}, in_kernel{0}, timed{0}, named{0};
  std::atomic<int> wrong_thread{0};
  int descriptor = -1;
  const void* lowest = nullptr;
  const void* highest = nullptr;
  std::atomic<long> stalled_call{-2};
  std::atomic<long long> stalled_for{0};

  const unblock_events table{[](const unblock_event* event, void* self) {
                               ++of(self).started;
                               of(self).by_itself(event);
                             },
                             [](const unblock_event* event, void* self) {
                               ++of(self).ended;
                               of(self).by_itself(event);
                             },
                             [](const unblock_event* event, void* self) { of(self).park(event); },
                             [](const unblock_event* event, void* self) {
                               ++of(self).resumed;
                               of(self).by_itself(event);
                               errno = EDOM;
                             },
                             [](const unblock_event* event, void* self) {
                               of(self).stalled_call = event->call;
                               of(self).stalled_for = event->nanoseconds;
                               ++of(self).stalled;
                             },
                             nullptr,
                             this};

  static Account& of(void* self) { return *static_cast<Account*>(self); }

  void by_itself(const unblock_event* event) {
    if (event->thread == gettid_of_caller()) return;
    ++wrong_thread;
  }
  // gettid(2) would be the kernel thread's here: what the runtime calls is the kernel's.
  static int gettid_of_caller() {
    static thread_local int tid = 0;
    return tid ? tid : tid = pthread_tid();
  }
  static int pthread_tid() {
    clockid_t clock;
    return pthread_getcpuclockid(pthread_self(), &clock) == 0 ? static_cast<int>(~(clock >> 3)) : 0;
  }

  void park(const unblock_event* event) {
    ++parked;
    by_itself(event);
    if (event->descriptor == descriptor && descriptor >= 0) ++on_descriptor;
    if (event->address >= lowest && event->address < highest) ++on_address;
    if (event->call == SYS_flock) ++in_kernel;
    if (event->nanoseconds != UNBLOCK_NEVER) ++timed;
    if (std::strcmp(event->name, "someone") == 0) ++named;
  }
};

struct Told {
  explicit Told(const Account& account, const char* options = nullptr) {
    unblock_on_events(&account.table);
    REQUIRE(unblock_start(options) == 0);
  }
  ~Told() {
    CHECK(unblock_stop() == 0);
    unblock_on_events(nullptr);
  }
};

}  // namespace

TEST_CASE("what begins ends, what parks resumes") {
  Account account;
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  account.descriptor = ends[0];
  {
    const Told told(account);
    std::vector<std::jthread> readers;
    for (int i = 0; i < 10; ++i)
      readers.emplace_back([&] {
        pthread_setname_np(pthread_self(), "someone");
        char byte;
        errno = 0;
        if (read(ends[0], &byte, 1) != 1 || errno != 0) std::abort();
      });
    usleep(1000);
    CHECK(eventually([&] { return account.on_descriptor == 10; }));
    CHECK(account.named == 10);
    REQUIRE(write(ends[1], "0123456789", 10) == 10);
  }
  CHECK(account.started == 10);
  CHECK(account.ended == 10);
  CHECK(account.parked >= 11);
  CHECK(account.timed >= 1);
  CHECK(account.resumed == account.parked);
  CHECK(account.wrong_thread == 0);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a lock's word is told") {
  Account account;
  std::mutex mutex;
  account.lowest = &mutex;
  account.highest = &mutex + 1;
  const Told told(account);
  mutex.lock();
  std::jthread other([&] { const std::lock_guard guard(mutex); });
  CHECK(eventually([&] { return account.on_address == 1; }));
  mutex.unlock();
}

TEST_CASE("waiting in the kernel is told with the call") {
  Account account;
  char path[] = "/tmp/unblock-events-XXXXXX";
  const int first = mkstemp(path);
  REQUIRE(first >= 0);
  const int second = open(path, O_RDWR);
  unlink(path);
  {
    const Told told(account);
    REQUIRE(flock(first, LOCK_EX) == 0);
    std::jthread other([&] {
      if (flock(second, LOCK_EX) != 0) std::abort();
    });
    CHECK(eventually([&] { return account.in_kernel == 1; }));
    REQUIRE(flock(first, LOCK_UN) == 0);
  }
  CHECK(account.resumed == account.parked);
  close(first);
  close(second);
}

TEST_CASE("who computes for long is told of") {
  Account account;
  const Told told(account, "slice=2");
  std::jthread computes([&] {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (account.stalled == 0 && std::chrono::steady_clock::now() < end) {}
  });
  CHECK(eventually([&] { return account.stalled > 0; }));
  computes.join();
  CHECK(account.stalled_call == -1);
  CHECK(account.stalled_for >= 2'000'000);
}

TEST_CASE("nothing is told any more") {
  Account account;
  const Told told(account);
  unblock_on_events(nullptr);
  std::jthread([] { usleep(100); }).join();
  CHECK(account.started == 0);
  CHECK(account.parked == 0);
}
