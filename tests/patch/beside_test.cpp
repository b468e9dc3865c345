// libc rewritten while other threads are everywhere in it, with all signals blocked. Each case runs in
// children of its own, which end with 0 if all is well.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "entries.h"
#include "object_counts.h"

namespace {

using namespace unblock::patch;

void require(bool holds, int line) {
  if (holds) return;
  std::fprintf(stderr, "line %d: not so\n", line);
  _exit(1);
}
#define REQUIRE(condition) require(condition, __LINE__)

void block_all_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

// Calls of many kinds, each with a result that is known.
void make_calls(int null) {
  char data[64] = "";
  iovec part{data, sizeof data};
  REQUIRE(write(null, data, 10) == 10);
  REQUIRE(writev(null, &part, 1) == sizeof data);
  REQUIRE(pwrite(null, data, 3, 0) == 3);
  REQUIRE(read(null, data, sizeof data) == 0);
  REQUIRE(lseek(null, 0, SEEK_SET) == 0);
  REQUIRE(fcntl(null, F_GETFD) >= 0);
  REQUIRE(getppid() > 0);
  REQUIRE(sched_yield() == 0);
  timespec none{0, 1};
  REQUIRE(nanosleep(&none, nullptr) == 0);
  const int copy = dup(null);
  REQUIRE(copy > 0 && close(copy) == 0);
}

// Threads that make calls, hand over a mutex and a semaphore, and end and begin, until told.
struct Crowd {
  std::atomic<bool> over{false};
  std::atomic<long> rounds{0};
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  sem_t tokens;
  std::vector<std::thread> threads;

  explicit Crowd(int size) {
    sem_init(&tokens, 0, 1);
    for (int i = 0; i < size; ++i) threads.emplace_back([this] { work(); });
    wait_for(10 * size);
  }
  ~Crowd() {
    over = true;
    for (std::thread& thread : threads) thread.join();
  }
  void wait_for(long more) const {
    for (const long until = rounds + more; rounds < until;) sched_yield();
  }

 private:
  void work() {
    block_all_signals();
    const int null = open("/dev/null", O_RDWR);
    while (!over) {
      make_calls(null);
      pthread_mutex_lock(&mutex);
      pthread_mutex_unlock(&mutex);
      sem_wait(&tokens);
      sem_post(&tokens);
      if (++rounds % 16 == 0) std::thread(block_all_signals).join();
    }
    close(null);
  }
};

// Nothing is trapped, and hardly anything missed.
void check_coverage() {
  for (const char* name : {"libc.so.6", "ld-linux-x86-64.so.2"}) {
    const ObjectCount count = count_of(name);
    REQUIRE(count.sites > 40 && count.traps == 0 && count.jumps + count.left == count.sites);
    REQUIRE(count.left <= count.sites / 20);
  }
}

void a_crowd() {
  Crowd crowd(6);
  REQUIRE(cover_all(test_entry, Others::running) == 0);
  check_coverage();
  const unsigned long before = entries;
  crowd.wait_for(200);
  REQUIRE(entries > before);
}

// Those asleep in calls come back to the text they left.
void sleepers() {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  sem_t woken;
  sem_init(&woken, 0, 0);
  std::atomic<int> asleep{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      block_all_signals();
      ++asleep;
      char byte = 0;
      if (i % 2)
        REQUIRE(read(ends[0], &byte, 1) == 1 && byte == 'x');
      else
        REQUIRE(sem_wait(&woken) == 0);
    });
  while (asleep < 4) sched_yield();
  usleep(2000);
  REQUIRE(cover_all(test_entry, Others::running) == 0);
  REQUIRE(write(ends[1], "xx", 2) == 2);
  sem_post(&woken);
  sem_post(&woken);
  for (std::thread& thread : threads) thread.join();
}

// A call that goes to the kernel from a rewritten site is where it always was, so stacks unwind through it.
void cancellation() {
  Crowd crowd(2);
  REQUIRE(cover_all(test_entry, Others::running) == 0);
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  static std::atomic<bool> destroyed{false};
  struct Local {
    ~Local() { destroyed = true; }
  };
  pthread_t thread;
  const auto body = [](void* end) -> void* {
    const Local local;
    char byte;
    return read(*static_cast<int*>(end), &byte, 1) ? nullptr : end;
  };
  REQUIRE(pthread_create(&thread, nullptr, body, ends) == 0);
  usleep(2000);
  void* result = nullptr;
  REQUIRE(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0);
  REQUIRE(result == PTHREAD_CANCELED && destroyed);
}

void children() {
  Crowd crowd(2);
  REQUIRE(cover_all(test_entry, Others::running) == 0);
  int status = 0;
  const pid_t forked = fork();
  if (forked == 0) _exit(7);
  REQUIRE(waitpid(forked, &status, 0) == forked && WEXITSTATUS(status) == 7);
  REQUIRE(WEXITSTATUS(system("exit 8")) == 8);
}

int run(const char* name, void (*test)()) {
  constexpr int rounds = 8;
  for (int round = 0; round < rounds; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      test();
      std::fflush(stdout);
      _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    if (status == 0) continue;
    std::printf("%s: FAILED (status %#x)\n", name, static_cast<unsigned>(status));
    return 1;
  }
  std::printf("%s: ok\n", name);
  std::fflush(stdout);
  return 0;
}

}  // namespace

int main() {
  return run("a crowd", a_crowd) | run("sleepers", sleepers) | run("cancellation", cancellation) |
         run("children", children);
}
