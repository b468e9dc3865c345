// std::thread: arguments by value and reference, move, swap, ids, detach, and the errors it throws.
#include "program.h"

#include <algorithm>
#include <barrier>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

static void arguments_and_moves() {
  int total = 0;
  std::string text = "kept";
  std::thread adder(
      [](int by, int& into, std::string copy, std::unique_ptr<int> owned) {
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        into += by + static_cast<int>(copy.size()) + *owned;
        copy += " changed";
      },
      10, std::ref(total), text, std::make_unique<int>(5));
  std::thread moved = std::move(adder);
  printf("joinable after the move: %d %d\n", adder.joinable(), moved.joinable());
  moved.join();
  printf("total %d, text %s, joinable %d\n", total, text.c_str(), moved.joinable());
}

static void identities() {
  std::vector<std::thread> threads;
  std::vector<std::thread::id> ids(30);
  std::barrier all_there(30);
  for (int i = 0; i < 30; i++)
    threads.emplace_back([&, i] {
      std::this_thread::yield();
      ids[i] = std::this_thread::get_id();
      all_there.arrive_and_wait();  // an id may be used again once its thread has ended
    });
  int matching = 0;
  for (int i = 0; i < 30; i++) {
    auto id = threads[i].get_id();
    threads[i].join();
    matching += id == ids[i];
  }
  bool mine = std::find(ids.begin(), ids.end(), std::this_thread::get_id()) != ids.end();
  std::set<std::thread::id> distinct(ids.begin(), ids.end());
  printf("ids as announced %d, distinct %zu, main's among them %d\n", matching, distinct.size(), mine);
}

static void detached() {
  std::promise<std::string> promise;
  std::thread([&promise] { promise.set_value_at_thread_exit("from a detached thread"); }).detach();
  printf("%s\n", promise.get_future().get().c_str());
}

int main() {
  arguments_and_moves();
  identities();
  detached();
  try {
    std::thread().join();
  } catch (const std::system_error& error) {
    printf("join of no thread: %s\n", error_name(error.code().value()));
  }
  std::thread self;
  std::promise<void> ready;
  std::promise<int> deadlock;
  self = std::thread([&] {
    ready.get_future().wait();
    try {
      self.join();
    } catch (const std::system_error& error) {
      deadlock.set_value(error.code().value());
    }
  });
  ready.set_value();
  printf("join of itself: %s\n", error_name(deadlock.get_future().get()));
  self.join();
}
