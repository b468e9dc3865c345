// What --except leaves to the kernel.
#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <netdb.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "kernel_threads.h"
#include "unblock.h"
#include "waits.h"

namespace {

constexpr std::size_t many = 40;

struct Readers {
  Readers() {
    REQUIRE(pipe(ends) == 0);
    for (std::size_t i = 0; i < many; ++i)
      threads.emplace_back([fd = ends[0]] {
        char byte;
        if (read(fd, &byte, 1) != 1) std::abort();
      });
  }
  ~Readers() {
    const std::string bytes(many, 'x');
    if (write(ends[1], bytes.data(), bytes.size()) != static_cast<ssize_t>(many)) std::abort();
    threads.clear();
    close(ends[0]);
    close(ends[1]);
  }
  int ends[2];
  std::vector<std::jthread> threads;
};

struct Sleepers {
  Sleepers() {
    for (std::size_t i = 0; i < many; ++i)
      threads.emplace_back([this] {
        while (!enough) usleep(100'000);
      });
  }
  ~Sleepers() {
    enough = true;
    threads.clear();
  }
  std::atomic<bool> enough{false};
  std::vector<std::jthread> threads;
};

struct Listeners {
  Listeners() {
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    for (std::size_t i = 0; i < many; ++i)
      threads.emplace_back([this] {
        int taken;
        if (sigwait(&set, &taken) != 0 || taken != SIGUSR1) std::abort();
      });
  }
  ~Listeners() {
    for (std::jthread& thread : threads) pthread_kill(thread.native_handle(), SIGUSR1);
    threads.clear();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  sigset_t set, before;
  std::vector<std::jthread> threads;
};

struct Started {
  explicit Started(const char* options) { REQUIRE(unblock_start(options) == 0); }
  ~Started() { CHECK(unblock_stop() == 0); }
};

// Whether as many threads as there are of `Waiters` get a kernel thread each while they wait. Each by itself:
// kernel threads that are not needed stay for a while.
template <class Waiters>
bool natively_with(const char* options) {
  const Started started(options);
  const Waiters waiters;
  return eventually([] { return kernel_threads() > many; });
}

// Whether a few kernel threads are enough for them.
template <class Waiters>
bool parked_with(const char* options) {
  const Started started(options);
  const Waiters waiters;
  usleep(100'000);  // of which they spend most waiting
  return kernel_threads() < many / 2;
}

}  // namespace

TEST_CASE("without a word nothing is left out") {
  CHECK(parked_with<Readers>(""));
  CHECK(parked_with<Sleepers>(""));
  CHECK(parked_with<Listeners>(""));
}

TEST_CASE("sockets are left to the kernel, sleeping is not") {
  CHECK(natively_with<Readers>("except=sockets"));
  CHECK(parked_with<Sleepers>("except=sockets"));
}

TEST_CASE("sleeping is left to the kernel, sockets are not") {
  CHECK(natively_with<Sleepers>("except=files,sleep"));
  CHECK(parked_with<Readers>("except=files,sleep"));
}

TEST_CASE("waiting for signals is left to the kernel, sleeping is not") {
  CHECK(natively_with<Listeners>("except=signals"));
  CHECK(parked_with<Sleepers>("except=signals"));
}

TEST_CASE("names are looked up by the kernel's own calls") {
  const Started started("except=dns");
  std::jthread([] {
    addrinfo* found = nullptr;
    CHECK(getaddrinfo("localhost", "80", nullptr, &found) == 0);
    if (found) freeaddrinfo(found);
  }).join();
}

TEST_CASE("threads are left to the kernel, beside the one that started") {
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const Started started("except=threads");
  CHECK(unblock_active() == 1);
  std::mutex mutex;
  std::condition_variable changed;
  int turn = 0;
  bool kernels = false;
  std::thread other([&] {
    kernels = unblock_active() == 0 && std::filesystem::exists("/proc/self/task/" + std::to_string(gettid()));
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    kernels &= sigismember(&mask, SIGUSR1) == 0 && sigismember(&mask, SIGUSR2) == 1;
    std::unique_lock lock(mutex);
    for (int i = 0; i < 100; ++i) {
      changed.wait(lock, [&] { return turn == 2 * i + 1; });
      ++turn;
      changed.notify_one();
    }
  });
  {
    std::unique_lock lock(mutex);
    for (int i = 0; i < 100; ++i) {
      ++turn;
      changed.notify_one();
      changed.wait(lock, [&] { return turn == 2 * i + 2; });
    }
  }
  other.join();
  CHECK(kernels);
  CHECK(turn == 200);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("a facility that is none is refused") {
  CHECK(unblock_start("except=sockets,locks") == EINVAL);
  CHECK(std::strcmp(unblock_reason(), "no such option or value: except=sockets,locks") == 0);
}
