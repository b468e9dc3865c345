// "This would block for ever": who is told, and when nobody is. Each in a child, which does.
#include <catch2/catch.hpp>
#include <cerrno>
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

constexpr int enough = 4000;     // milliseconds: twice as long as unblock takes to be sure
constexpr int longest = 30'000;  // on a busy machine

// A child whose end of a pipe is its stderr, too.
class Child {
 public:
  explicit Child(const std::function<void(int out)>& body) {
    REQUIRE(pipe(ends_) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(ends_[1], 2);
      for (const int number : {SIGINT, SIGTERM, SIGABRT}) signal(number, SIG_DFL);  // Catch2 handles them
      body(ends_[1]);
      _exit(0);
    }
    close(ends_[1]);
  }
  ~Child() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    close(ends_[0]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // What it writes until it is silent again, or has been for `patience` milliseconds from the beginning.
  std::string says(int patience = longest) {
    std::string said;
    pollfd entry{ends_[0], POLLIN, 0};
    for (; poll(&entry, 1, patience) > 0; patience = 300) {
      char text[4096];
      const ssize_t size = read(ends_[0], text, sizeof text);
      if (size <= 0) break;
      said.append(text, static_cast<std::size_t>(size));
    }
    return said;
  }

 private:
  int ends_[2];
  pid_t pid_;
};

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
  Child child([](int) {
    if (unblock_start(nullptr) == 0) embrace();
  });
  const std::string said = child.says();
  INFO(said);
  CHECK(occurrences(
            said, "deadlock: all 3 threads wait for locks, and nothing is left that could wake one:\n") == 1);
  CHECK(occurrences(said, " waits for 0x") == 3);
  CHECK(occurrences(said, ", of thread ") == 3);
  CHECK(occurrences(said, std::string(", at ") + program_invocation_short_name + "+0x") == 3);
}

TEST_CASE("a callback is told instead") {
  Child child([](int out) {
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
  CHECK(child.says() == "3 wait, 3 known\n");
}

TEST_CASE("a condition that nobody signals, and unblock_stop() that waits for it") {
  Child child([](int) {
    if (unblock_start(nullptr) != 0) return;
    std::thread([] {
      std::mutex mutex;
      std::condition_variable condition;
      std::unique_lock lock(mutex);
      condition.wait(lock);
    }).detach();
    unblock_stop();
  });
  const std::string said = child.says();
  INFO(said);
  CHECK(occurrences(said, "all 2 threads") == 1);
}

TEST_CASE("nothing is said while something may come to help") {
  const auto beside = [](const std::function<void()>& helper) {
    return [=](int) {
      if (unblock_start(nullptr) != 0) return;
      helper();
      embrace();
    };
  };
  Child a_handler(beside([] { signal(SIGUSR1, [](int) {}); }));
  Child a_reader(beside([] {
    std::thread([] {
      int ends[2];
      char byte;
      if (pipe(ends) == 0 && read(ends[0], &byte, 1) == 1) std::abort();
    }).detach();
  }));
  Child a_time(beside([] { std::thread([] { sleep(1000); }).detach(); }));
  Child a_timeout_for_a_lock(beside([] {
    std::thread([] {
      std::timed_mutex mutex;
      mutex.lock();
      if (mutex.try_lock_for(std::chrono::hours(1))) std::abort();
    }).detach();
  }));
  Child a_thread_in_the_kernel(
      beside([] { std::thread([] { unblock_call(SYS_ppoll, nullptr, 0, nullptr, nullptr, 0); }).detach(); }));
  CHECK(a_handler.says(enough) == "");
  CHECK(a_reader.says(0) == "");
  CHECK(a_time.says(0) == "");
  CHECK(a_timeout_for_a_lock.says(0) == "");
  CHECK(a_thread_in_the_kernel.says(0) == "");
}
