// What the other headers wait with: a mutex and its condition.
#pragma once

#include <ctime>
#include <pthread.h>

#include "deadline.hpp"

namespace unblock::detail {

/// pthreads' own, rather than std::condition_variable, since a wait may be cancelled, and ends at the thread's
/// deadline.
class monitor {
 public:
  monitor() = default;
  ~monitor() {
    pthread_cond_destroy(&changed_);
    pthread_mutex_destroy(&mutex_);
  }
  monitor(const monitor&) = delete;
  monitor& operator=(const monitor&) = delete;

  void lock() noexcept { pthread_mutex_lock(&mutex_); }
  void unlock() noexcept { pthread_mutex_unlock(&mutex_); }
  void notify_one() noexcept { pthread_cond_signal(&changed_); }
  void notify_all() noexcept { pthread_cond_broadcast(&changed_); }

  /// Waits, locked, until `condition()`. Throws timed_out at the thread's deadline.
  template <class Condition>
  void wait(Condition condition) {
    const clock::time_point end = deadline::current();
    while (!condition())
      if (!wait_once(end) && !condition()) throw timed_out();
  }

  /// The same, but at `time` returns false.
  template <class Condition>
  bool wait_until(clock::time_point time, Condition condition) {
    const bool own = time <= deadline::current();
    const clock::time_point end = own ? time : deadline::current();
    while (!condition()) {
      if (wait_once(end) || condition()) continue;
      if (own) return false;
      throw timed_out();
    }
    return true;
  }

  /// The same whatever the thread's deadline, for what will be soon.
  template <class Condition>
  void wait_regardless(Condition condition) {
    while (!condition()) wait_once(clock::time_point::max());
  }

 private:
  // False once `end` has passed.
  bool wait_once(clock::time_point end) {
    if (end == clock::time_point::max()) {
      pthread_cond_wait(&changed_, &mutex_);
      return true;
    }
    const auto since = end.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const timespec time{seconds.count(), std::chrono::nanoseconds(since - seconds).count()};
    pthread_cond_clockwait(&changed_, &mutex_, CLOCK_MONOTONIC, &time);
    return clock::now() < end;
  }

  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t changed_ = PTHREAD_COND_INITIALIZER;
};

/// Holds a monitor for a scope.
class guard {
 public:
  explicit guard(monitor& held) noexcept : held_(held) { held_.lock(); }
  ~guard() { held_.unlock(); }
  guard(const guard&) = delete;
  guard& operator=(const guard&) = delete;

 private:
  monitor& held_;
};

/// In this scope the thread is not cancelled: pthread_setcancelstate(3).
class uncancelled {
 public:
  uncancelled() noexcept { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  ~uncancelled() { pthread_setcancelstate(before_, nullptr); }
  uncancelled(const uncancelled&) = delete;
  uncancelled& operator=(const uncancelled&) = delete;

 private:
  int before_ = 0;
};

}  // namespace unblock::detail
