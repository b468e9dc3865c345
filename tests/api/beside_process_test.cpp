// Signals and children where some threads are fibers and others are not.
#include <catch2/catch.hpp>
#include <atomic>
#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <spawn.h>
#include <sys/mman.h>
#include <ctime>
#include <vector>

#include "outsider.h"
#include "unblock.hpp"

extern char** environ;

namespace {

std::atomic<pthread_t> handled_by{};
std::atomic<int> handled{0};

void note(int) {
  handled_by = pthread_self();
  ++handled;
}

// Handles `signal` by note() as long as it lives.
class Handler {
 public:
  explicit Handler(int signal) : signal_(signal) {
    struct sigaction action {};
    action.sa_handler = note;
    sigaction(signal, &action, &before_);
    handled = 0;
    handled_by = pthread_t{};
  }
  ~Handler() { sigaction(signal_, &before_, nullptr); }
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;

 private:
  int signal_;
  struct sigaction before_;
};

void until(const std::function<bool()>& holds) {
  while (!holds()) usleep(200);
}

sigset_t only(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return set;
}

int status_of(pid_t child) {
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// A child by each way there is.
void make_children() {
  const pid_t forked = fork();
  if (forked == 0) _exit(unblock_active() + static_cast<int>(kernel_threads()));
  CHECK(status_of(forked) == 1);
  const pid_t vforked = vfork();
  if (vforked == 0) {
    close(0);
    _exit(7);
  }
  CHECK(status_of(vforked) == 7);
  pid_t spawned = 0;
  const char* arguments[] = {"sh", "-c", "exit 9", nullptr};
  CHECK(posix_spawn(&spawned, "/bin/sh", nullptr, nullptr, const_cast<char**>(arguments), environ) == 0);
  CHECK(status_of(spawned) == 9);
  CHECK(WEXITSTATUS(std::system("exit 5")) == 5);
}

}  // namespace

TEST_CASE("a signal for one thread is handled in it, whoever sends it") {
  Outsider other;
  const unblock::runtime runtime;
  const Handler handler(SIGUSR1);
  std::atomic<bool> over{false};
  std::thread fiber([&] {
    while (!over) usleep(100'000);
  });
  other.run([&] { REQUIRE(pthread_kill(fiber.native_handle(), SIGUSR1) == 0); });
  until([] { return handled == 1; });
  CHECK(pthread_equal(handled_by, fiber.native_handle()));
  REQUIRE(pthread_kill(other.id(), SIGUSR1) == 0);
  until([] { return handled == 2; });
  CHECK(pthread_equal(handled_by, other.id()));
  other.run([] { raise(SIGUSR1); });
  CHECK(handled == 3);
  CHECK(pthread_equal(handled_by, other.id()));
  raise(SIGUSR1);
  CHECK(pthread_equal(handled_by, pthread_self()));
  over = true;
  other.run([&] { pthread_kill(fiber.native_handle(), SIGUSR1); });
  fiber.join();
}

TEST_CASE("a signal for the process goes to a thread that takes it") {
  Outsider other;
  const sigset_t set = only(SIGUSR2);
  const Handler handler(SIGUSR2);
  SECTION("in sigwait, though no fiber takes it") {
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    other.run([&] { pthread_sigmask(SIG_BLOCK, &set, nullptr); });
    const unblock::runtime runtime;
    for (int i = 0; i < 50; ++i) {
      int got = 0;
      other.begin([&] { sigwait(&set, &got); });
      if (i % 2) usleep(500);
      kill(getpid(), SIGUSR2);
      other.wait();
      CHECK(got == SIGUSR2);
    }
    int got = 0;
    std::thread fiber([&] { sigwait(&set, &got); });
    usleep(500);
    other.run([] { kill(getpid(), SIGUSR2); });
    fiber.join();
    CHECK(got == SIGUSR2);
    CHECK(handled == 0);
  }
  SECTION("a fiber, if no other thread does") {
    other.run([&] { pthread_sigmask(SIG_BLOCK, &set, nullptr); });
    const unblock::runtime runtime;
    other.run([] { kill(getpid(), SIGUSR2); });
    until([] { return handled == 1; });
    CHECK_FALSE(pthread_equal(handled_by, other.id()));
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::thread([&] {
      pthread_sigmask(SIG_BLOCK, &set, nullptr);
      kill(getpid(), SIGUSR2);
      CHECK(handled == 1);
      pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
      CHECK(handled == 2);
    }).join();
  }
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

TEST_CASE("a timer of a fiber's rings for its thread, whatever other threads take") {
  // In a child: libc's thread for timers, here a fiber, never ends.
  CHECK(in_child([] {
          Outsider other;
          static std::atomic<int> rings{0};
          if (unblock_start(nullptr) != 0) return 1;
          sigevent event{};
          event.sigev_notify = SIGEV_THREAD;
          event.sigev_notify_function = [](sigval) { ++rings; };
          timer_t timer;
          if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return 2;
          const itimerspec soon{{0, 1'000'000}, {0, 1'000'000}};
          timer_settime(timer, 0, &soon, nullptr);
          other.run([] { until([] { return rings > 5; }); });
          return timer_delete(timer) == 0 ? 7 : 3;
        }) == 7);
}

TEST_CASE("a fault of a kernel thread is handled in it") {
  Outsider other;
  const unblock::runtime runtime;
  static sigjmp_buf back;
  static std::atomic<void*> at{};
  struct sigaction action {
  }, before;
  action.sa_sigaction = [](int, siginfo_t* info, void*) {
    at = info->si_addr;
    siglongjmp(back, 1);
  };
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, &before);
  char* page = static_cast<char*>(mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  const auto touch = [&] {
    at = nullptr;
    if (!sigsetjmp(back, 1)) *static_cast<volatile char*>(page) = 1;
    CHECK(at == page);
  };
  other.run(touch);
  std::thread(touch).join();
  other.run(touch);
  sigaction(SIGSEGV, &before, nullptr);
  munmap(page, 4096);
}

TEST_CASE("children of both sides are ordinary processes") {
  Outsider other;
  const unblock::runtime runtime;
  std::vector<std::thread> busy;
  std::atomic<bool> over{false};
  for (int i = 0; i < 20; ++i)
    busy.emplace_back([&] {
      while (!over) usleep(100);
    });
  other.run(make_children);
  std::thread(make_children).join();
  other.run([] {
    CHECK(in_child([] {
            return unblock_start(nullptr) == 0 && unblock_active() && unblock_stop() == 0 ? 7 : 1;
          }) == 7);
  });
  over = true;
  for (std::thread& thread : busy) thread.join();
}

TEST_CASE("the process ends when a thread of either side says so") {
  CHECK(in_child([] {
          std::thread bystander([] { pause(); });
          if (unblock_start(nullptr) != 0) return 1;
          std::thread([] { _exit(21); }).join();
          return 2;
        }) == 21);
  CHECK(in_child([] {
          std::atomic<bool> started{false};
          std::thread bystander([&] {
            while (!started) usleep(100);
            _exit(22);
          });
          if (unblock_start(nullptr) != 0) return 1;
          started = true;
          std::thread([] { pause(); }).join();
          return 2;
        }) == 22);
}

TEST_CASE("a starter that ends without a stop leaves its fibers and all others alone") {
  CHECK(in_child([] {
          std::atomic<int> step{0};
          std::thread fiber;
          std::thread starter([&] {
            if (unblock_start(nullptr) != 0) std::abort();
            fiber = std::thread([&] {
              while (step != 1) usleep(100);
              step = 2;
            });
          });
          starter.join();
          if (unblock_active() || unblock_stop() != EINVAL) return 1;
          step = 1;
          fiber.join();
          // What is left of it serves the next.
          if (unblock_start(nullptr) != 0) return 2;
          std::thread([&] { step = unblock_active() ? 3 : 4; }).join();
          return unblock_stop() == 0 && step == 3 ? 7 : 3;
        }) == 7);
}

TEST_CASE("a program replaces the process from either side") {
  const auto execute = [] { execl("/bin/sh", "sh", "-c", "trap '' SEGV; exit 23", nullptr); };
  CHECK(in_child([&] {
          Outsider other;
          if (unblock_start(nullptr) != 0) return 1;
          other.run(execute);
          return 2;
        }) == 23);
  CHECK(in_child([&] {
          Outsider other;
          if (unblock_start(nullptr) != 0) return 1;
          std::thread(execute).join();
          return 2;
        }) == 23);
}

TEST_CASE("ids are the process'") {
  if (geteuid() != 0) return;
  CHECK(in_child([] {
          Outsider other;
          if (unblock_start(nullptr) != 0) return 1;
          other.run([] { static_cast<void>(!seteuid(12345)); });
          bool all = geteuid() == 12345;
          std::thread([&] {
            usleep(1000);
            all &= geteuid() == 12345;
            static_cast<void>(!seteuid(0));
          }).join();
          other.run([&] { all &= geteuid() == 0; });
          return all && geteuid() == 0 ? 7 : 2;
        }) == 7);
}
