// std::call_once: an exception leaves the flag unset and one of the waiting threads tries next.
#include "program.h"

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

static void once_flag() {
  std::once_flag flag;
  std::atomic<int> attempts{0}, caught{0}, through{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; i++)
    threads.emplace_back([&] {
      try {
        std::call_once(flag, [&] {
          pause_ms(2);
          if (++attempts <= 5)
            throw std::runtime_error("not yet");
        });
        through++;
      } catch (const std::runtime_error& error) {
        caught++;
      }
    });
  for (auto& thread : threads)
    thread.join();
  printf("attempts %d, exceptions %d, through %d\n", attempts.load(), caught.load(), through.load());
}

/// A function-local static does the same by another way (__cxa_guard_acquire, a futex).
static void local_static() {
  static std::atomic<int> made{0};
  struct Slow {
    Slow() {
      pause_ms(10);
      if (++made == 1)
        throw 1;
    }
  };
  std::atomic<int> thrown{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; i++)
    threads.emplace_back([&] {
      try {
        static Slow slow;
      } catch (int) {
        thrown++;
      }
    });
  for (auto& thread : threads)
    thread.join();
  printf("local static: constructed %d times, thrown %d\n", made.load(), thrown.load());
}

int main() {
  once_flag();
  local_static();
}
