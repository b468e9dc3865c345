// A bound on how much runs at once.
#pragma once

#include <iterator>
#include <memory>
#include <stdexcept>
#include <vector>

#include "channel.hpp"
#include "task.hpp"

namespace unblock {

/// Runs tasks, at most so many at once. Who submits more waits until one has ended. Each has a thread of its
/// own, which is cheap if it is a fiber.
class pool {
 public:
  explicit pool(std::size_t size) : state_(std::make_shared<state>(size)) {
    if (size == 0) throw std::invalid_argument("pool: a size of 0");
  }
  /// Waits for all tasks, whatever the caller's deadline.
  ~pool() {
    const detail::uncancelled inside;
    const detail::guard held(state_->changed);
    state_->changed.wait_regardless([&] { return state_->running == 0; });
  }
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;

  /// spawn(), once there is a place. Throws timed_out at the caller's deadline, and as spawn() does.
  template <class Function, class... Arguments>
  auto submit(Function&& function, Arguments&&... arguments) {
    {
      const detail::guard held(state_->changed);
      state_->changed.wait([&] { return state_->running < state_->size; });
      ++state_->running;
    }
    try {
      auto made = spawn(std::forward<Function>(function), std::forward<Arguments>(arguments)...);
      made.on_done([state = state_] { state->leave(); });
      return made;
    } catch (...) {
      state_->leave();
      throw;
    }
  }

  /// `function(item)` for each item of a range, as many at once as the pool allows: the results in the items'
  /// order. Throws the first exception of them, in that order, when all have ended.
  template <class Range, class Function>
  auto map(Range&& items, Function function) {
    using Result = std::decay_t<std::invoke_result_t<Function&, decltype(*std::begin(items))>>;
    std::vector<decltype(submit(function, *std::begin(items)))> tasks;
    for (auto&& item : items) tasks.push_back(submit(function, item));
    join_all(tasks);
    if constexpr (std::is_void_v<Result>) {
      for (auto& each : tasks) each.get();
    } else {
      std::vector<Result> results;
      for (auto& each : tasks) results.push_back(std::move(each.get()));
      return results;
    }
  }

  /// The same, but returns at once with a channel that gives the tasks as they end, and is closed after the last.
  /// Items are copied, and go into the pool as they did in map(). The pool must outlive the channel's closing.
  template <class Range, class Function>
  auto map_unordered(Range&& items, Function function) {
    using Item = std::decay_t<decltype(*std::begin(items))>;
    using Task = decltype(submit(function, std::declval<Item>()));
    channel<Task> ended(channel<Task>::unbounded);
    std::vector<Item> copies(std::begin(items), std::end(items));
    spawn([this, ended, copies = std::move(copies), function]() mutable {
      const auto left = std::make_shared<std::atomic<std::size_t>>(copies.size() + 1);
      const auto count = [left, ended] {
        if (--*left == 0) ended.close();
      };
      for (Item& item : copies) {
        Task each = submit(function, std::move(item));
        each.on_done([each, ended, count] {
          ended.send(each);
          count();
        });
      }
      count();
    });
    return ended;
  }

  /// Waits until nothing runs. Throws timed_out at the caller's deadline.
  void join() {
    const detail::guard held(state_->changed);
    state_->changed.wait([&] { return state_->running == 0; });
  }

  [[nodiscard]] std::size_t running() const {
    const detail::guard held(state_->changed);
    return state_->running;
  }

 private:
  struct state {
    explicit state(std::size_t places) : size(places) {}
    void leave() {
      const detail::guard held(changed);
      --running;
      changed.notify_all();
    }
    detail::monitor changed;
    const std::size_t size;
    std::size_t running = 0;
  };
  std::shared_ptr<state> state_;
};

}  // namespace unblock
