// "This would block for ever": who is told, and when nobody is. Each in a child, which does.
#include <catch2/catch.hpp>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <functional>
#include <mutex>
#include <poll.h>
#include <string>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "unblock.h"

namespace {

// What `body` and its end write to `out` and stderr, in a child that is killed after the first words, or when
// there have been none for four seconds: twice as long as it takes.
std::string said_by_child(const std::function<void(int out)>& body) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 2);
    for (const int number : {SIGINT, SIGTERM, SIGABRT}) signal(number, SIG_DFL);  // Catch2 handles them
    body(ends[1]);
    _exit(0);
  }
  close(ends[1]);
  std::string said;
  pollfd entry{ends[0], POLLIN, 0};
  for (int patience = 4000; poll(&entry, 1, patience) > 0; patience = 300) {
    char text[4096];
    const ssize_t size = read(ends[0], text, sizeof text);
    if (size <= 0) break;
    said.append(text, static_cast<std::size_t>(size));
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ends[0]);
  return said;
}

// Two threads, each with a mutex that the other wants.
void embrace() {
  static std::mutex first, second;
  static std::mutex* const both[] = {&first, &second};
  static std::atomic<int> have_one;
  have_one = 0;
  const auto take = [](int mine) {
    const std::lock_guard one(*both[mine]);
    ++have_one;
    while (have_one < 2) std::this_thread::yield();
    const std::lock_guard other(*both[1 - mine]);
  };
  std::thread one(take, 0), other(take, 1);
  one.join();
  other.join();
}

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; ++at) ++count;
  return count;
}

}  // namespace

TEST_CASE("lines say who waits for whom") {
  const std::string said = said_by_child([](int) {
    if (unblock_start(nullptr) == 0) embrace();
  });
  INFO(said);
  CHECK(occurrences(
            said, "deadlock: all 3 threads wait for locks, and nothing is left that could wake one:\n") == 1);
  CHECK(occurrences(said, " waits for 0x") == 3);
  CHECK(occurrences(said, ", of thread ") == 3);
  CHECK(occurrences(said, ", at deadlock_tests+0x") == 3);
}

TEST_CASE("a callback is told instead") {
  const std::string said = said_by_child([](int out) {
    static int to;
    to = out;
    static const unblock_events table{nullptr,
                                      nullptr,
                                      nullptr,
                                      nullptr,
                                      nullptr,
                                      [](const unblock_event* waiting, unsigned long count, void*) {
                                        int known = 0;
                                        for (unsigned long i = 0; i < count; ++i)
                                          known += waiting[i].address && waiting[i].holder;
                                        dprintf(to, "%lu wait, %d known\n", count, known);
                                      },
                                      nullptr};
    unblock_on_events(&table);
    if (unblock_start(nullptr) == 0) embrace();
  });
  CHECK(said == "3 wait, 3 known\n");
}

TEST_CASE("a condition that nobody signals, and unblock_stop() that waits for it") {
  const std::string said = said_by_child([](int) {
    if (unblock_start(nullptr) != 0) return;
    std::thread([] {
      std::mutex mutex;
      std::condition_variable condition;
      std::unique_lock lock(mutex);
      condition.wait(lock);
    }).detach();
    unblock_stop();
  });
  INFO(said);
  CHECK(occurrences(said, "all 2 threads") == 1);
}

TEST_CASE("nothing is said while something may come to help") {
  const auto quiet = [](const std::function<void()>& helper) {
    return said_by_child([&](int) {
             if (unblock_start(nullptr) != 0) return;
             helper();
             embrace();
           })
        .empty();
  };
  SECTION("a handler") {
    CHECK(quiet([] { signal(SIGUSR1, [](int) {}); }));
  }
  SECTION("a thread that reads") {
    CHECK(quiet([] {
      std::thread([] {
        int ends[2];
        char byte;
        if (pipe(ends) == 0 && read(ends[0], &byte, 1) == 1) std::abort();
      }).detach();
    }));
  }
  SECTION("a thread that waits for a time") {
    CHECK(quiet([] { std::thread([] { sleep(1000); }).detach(); }));
  }
  SECTION("a timeout for a lock") {
    CHECK(quiet([] {
      std::thread([] {
        std::timed_mutex mutex;
        mutex.lock();
        if (mutex.try_lock_for(std::chrono::hours(1))) std::abort();
      }).detach();
    }));
  }
  SECTION("a thread in the kernel") {
    CHECK(quiet(
        [] { std::thread([] { unblock_call(SYS_ppoll, nullptr, 0, nullptr, nullptr, 0); }).detach(); }));
  }
}
