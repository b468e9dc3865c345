// Threads with a handle: spawn, join, get, cancel.
#pragma once

#include <cxxabi.h>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "monitor.hpp"

namespace unblock {

/// The task was cancelled before it had a result.
class cancelled : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "the task was cancelled"; }
};

namespace detail {

template <class T>
using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// What a thread and the handles to it share.
template <class T>
struct task_state {
  monitor changed;
  std::variant<std::monostate, stored<T>, std::exception_ptr> outcome;
  bool done = false;
  pthread_t thread{};
  std::vector<std::function<void()>> when_done;

  void finish() noexcept {
    const uncancelled inside;
    std::vector<std::function<void()>> calls;
    {
      const guard held(changed);
      done = true;
      calls.swap(when_done);
      changed.notify_all();
    }
    for (auto& call : calls) call();
  }
};

/// A thread's function and what it is for.
template <class T, class Function>
struct task_start {
  std::shared_ptr<task_state<T>> state;
  Function function;

  static void* body(void* raw) {
    const std::unique_ptr<task_start> start(static_cast<task_start*>(raw));
    task_state<T>& state = *start->state;
    try {
      pthread_testcancel();
      if constexpr (std::is_void_v<T>) {
        start->function();
        state.outcome.template emplace<1>();
      } else {
        state.outcome.template emplace<1>(start->function());
      }
    } catch (abi::__forced_unwind&) {  // cancelled: it must go on
      state.outcome.template emplace<2>(std::make_exception_ptr(cancelled()));
      state.finish();
      throw;
    } catch (...) {
      state.outcome.template emplace<2>(std::current_exception());
    }
    state.finish();
    return nullptr;
  }
};

}  // namespace detail

/// A handle to a thread that spawn() made. Copies are handles to the same; the thread goes on without any.
template <class T>
class task {
 public:
  explicit task(std::shared_ptr<detail::task_state<T>> state) noexcept : state_(std::move(state)) {}

  /// Waits until it has a result, an exception, or was cancelled. Throws timed_out at the caller's deadline.
  void join() const {
    const detail::guard held(state_->changed);
    state_->changed.wait([&] { return state_->done; });
  }

  /// The same at most until `time`; says whether it is ready.
  bool join_until(clock::time_point time) const {
    const detail::guard held(state_->changed);
    return state_->changed.wait_until(time, [&] { return state_->done; });
  }

  /// Its result, once it is there; or throws what it threw, or cancelled. As often as wanted.
  std::add_lvalue_reference_t<T> get() const {
    join();
    if (auto* failure = std::get_if<std::exception_ptr>(&state_->outcome)) std::rethrow_exception(*failure);
    if constexpr (!std::is_void_v<T>) return std::get<1>(state_->outcome);
  }

  /// Whether join() would return at once.
  [[nodiscard]] bool ready() const {
    const detail::guard held(state_->changed);
    return state_->done;
  }

  /// Asks it to end at its next cancellation point, its objects destroyed: pthread_cancel(3). False if it has
  /// ended already.
  bool cancel() const {
    const detail::guard held(state_->changed);
    // It takes this lock before it ends.
    return !state_->done && pthread_cancel(state_->thread) == 0;
  }

  /// Calls `call()` when it is ready, in its own thread; at once if it is. `call` must not throw.
  template <class Call>
  void on_done(Call call) const {
    {
      const detail::guard held(state_->changed);
      if (!state_->done) {
        state_->when_done.emplace_back(std::move(call));
        return;
      }
    }
    call();
  }

 private:
  std::shared_ptr<detail::task_state<T>> state_;
};

/// Calls `function(arguments...)`, copied or moved, in a thread of its own. Throws std::system_error if there
/// can be none (EAGAIN).
template <class Function, class... Arguments>
auto spawn(Function&& function, Arguments&&... arguments) {
  using Result = std::invoke_result_t<std::decay_t<Function>, std::decay_t<Arguments>...>;
  auto call = [function = std::decay_t<Function>(std::forward<Function>(function)),
               arguments = std::tuple<std::decay_t<Arguments>...>(std::forward<Arguments>(arguments)...)]() mutable {
    return std::apply(std::move(function), std::move(arguments));
  };
  using Start = detail::task_start<Result, decltype(call)>;
  auto state = std::make_shared<detail::task_state<Result>>();
  std::unique_ptr<Start> start(new Start{state, std::move(call)});
  pthread_attr_t detached;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  int error;
  {
    const detail::guard held(state->changed);  // it does not end before the handle knows it
    error = pthread_create(&state->thread, &detached, Start::body, start.get());
  }
  pthread_attr_destroy(&detached);
  if (error) throw std::system_error(error, std::generic_category(), "pthread_create");
  static_cast<void>(start.release());
  return task<Result>(std::move(state));
}

/// The same, when `delay` has passed; cancelled before, it is never called.
template <class Rep, class Period, class Function, class... Arguments>
auto spawn_after(std::chrono::duration<Rep, Period> delay, Function&& function, Arguments&&... arguments) {
  return spawn(
      [time = detail::after(delay)](auto call, auto... given) {
        detail::monitor nobody;
        const detail::guard held(nobody);
        nobody.wait_until(time, [] { return false; });
        return std::move(call)(std::move(given)...);
      },
      std::forward<Function>(function), std::forward<Arguments>(arguments)...);
}

/// Waits for all `tasks`, a range of them. Throws timed_out at the caller's deadline, never what they threw.
template <class Tasks>
  requires requires(Tasks& tasks) { std::begin(tasks); }
void join_all(Tasks&& tasks) {
  for (auto& each : tasks) each.join();
}
template <class... T>
void join_all(const task<T>&... tasks) {
  (tasks.join(), ...);
}

/// Waits until one of `tasks`, a range of them, is ready; returns its place. Throws timed_out at the caller's
/// deadline, std::invalid_argument if there are none.
template <class Tasks>
std::size_t wait_any(Tasks&& tasks) {
  struct Shared {
    detail::monitor changed;
    std::optional<std::size_t> first;
  };
  const auto shared = std::make_shared<Shared>();
  std::size_t place = 0;
  for (auto& each : tasks)
    each.on_done([shared, at = place++] {
      const detail::guard held(shared->changed);
      if (!shared->first) shared->first = at;
      shared->changed.notify_all();
    });
  if (place == 0) throw std::invalid_argument("wait_any: no tasks");
  const detail::guard held(shared->changed);
  shared->changed.wait([&] { return shared->first.has_value(); });
  return *shared->first;
}

}  // namespace unblock
