// Exceptions in many threads that block while they handle them: each keeps its own, nested ones included.
#include "program.h"

#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Counted {
  int& alive;
  explicit Counted(int& alive) : alive(alive) { alive++; }
  ~Counted() {
    pause_ms(1);  // blocks while the exception passes
    alive--;
  }
};

void fail(int depth, int id, int& alive) {
  Counted counted(alive);
  if (depth == 0)
    throw std::runtime_error("thread " + std::to_string(id));
  fail(depth - 1, id, alive);
}

int wrong_in_thread(int id) {
  int wrong = 0, alive = 0;
  for (int round = 0; round < 5; round++) {
    try {
      fail(3, id, alive);
      wrong++;
    } catch (const std::runtime_error& outer) {
      wrong += alive != 0;
      pause_ms(id % 4);
      try {
        wrong += std::uncaught_exceptions() != 0;
        std::this_thread::yield();
        throw id;
      } catch (int inner) {
        pause_ms(1);
        wrong += inner != id;
      }
      auto saved = std::current_exception();
      pause_ms(1);
      try {
        std::rethrow_exception(saved);
      } catch (const std::exception& again) {
        std::this_thread::yield();
        wrong += again.what() != "thread " + std::to_string(id);
      }
      wrong += outer.what() != "thread " + std::to_string(id);
    }
    wrong += std::current_exception() != nullptr;
  }
  return wrong;
}

}  // namespace

int main() {
  std::vector<std::thread> threads;
  std::vector<int> wrong(60);
  for (int i = 0; i < 60; i++)
    threads.emplace_back([&wrong, i] { wrong[i] = wrong_in_thread(i); });
  int total = 0;
  for (int i = 0; i < 60; i++) {
    threads[i].join();
    total += wrong[i];
  }
  printf("wrong %d\n", total);
}
