// Events and results that somebody else will set.
#pragma once

#include <exception>
#include <stdexcept>
#include <utility>
#include <variant>

#include "task.hpp"

namespace unblock {

/// A flag to wait for. Thread-safe; all waiters see it set.
class event {
 public:
  void set() {
    const detail::guard held(changed_);
    set_ = true;
    changed_.notify_all();
  }

  void clear() {
    const detail::guard held(changed_);
    set_ = false;
  }

  [[nodiscard]] bool is_set() {
    const detail::guard held(changed_);
    return set_;
  }

  /// Waits until it is set. Throws timed_out at the caller's deadline.
  void wait() {
    const detail::guard held(changed_);
    changed_.wait([&] { return set_; });
  }

  /// The same for at most `time`; says whether it is set.
  template <class Rep, class Period>
  bool wait_for(std::chrono::duration<Rep, Period> time) {
    const detail::guard held(changed_);
    return changed_.wait_until(detail::after(time), [&] { return set_; });
  }

 private:
  detail::monitor changed_;
  bool set_ = false;
};

/// A result, or an exception, that one thread sets once and others wait for.
template <class T>
class async_result {
 public:
  /// Throws std::logic_error if it is set already.
  template <class... Value>
  void set(Value&&... value) {
    set_outcome<1>(std::forward<Value>(value)...);
  }
  void set_exception(std::exception_ptr failure) { set_outcome<2>(std::move(failure)); }

  [[nodiscard]] bool ready() {
    const detail::guard held(changed_);
    return outcome_.index() != 0;
  }

  /// The value, once it is there, or throws the exception; timed_out at the caller's deadline.
  std::add_lvalue_reference_t<T> get() {
    {
      const detail::guard held(changed_);
      changed_.wait([&] { return outcome_.index() != 0; });
    }
    if (auto* failure = std::get_if<2>(&outcome_)) std::rethrow_exception(*failure);
    if constexpr (!std::is_void_v<T>) return std::get<1>(outcome_);
  }

 private:
  template <std::size_t which, class... Value>
  void set_outcome(Value&&... value) {
    const detail::guard held(changed_);
    if (outcome_.index() != 0) throw std::logic_error("async_result: set twice");
    outcome_.template emplace<which>(std::forward<Value>(value)...);
    changed_.notify_all();
  }

  detail::monitor changed_;
  std::variant<std::monostate, detail::stored<T>, std::exception_ptr> outcome_;
};

}  // namespace unblock
