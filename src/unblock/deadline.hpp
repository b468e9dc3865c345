// Deadlines as scopes: however deep the calls, none of them sleeps past the end.
#pragma once

#include <cerrno>
#include <chrono>
#include <system_error>

#include "../unblock.h"

namespace unblock {

using clock = std::chrono::steady_clock;

/// A deadline has passed: std::errc::timed_out.
class timed_out : public std::system_error {
 public:
  timed_out() : std::system_error(std::make_error_code(std::errc::timed_out), "deadline") {}
};

namespace detail {
inline thread_local clock::time_point deadline_of_thread = clock::time_point::max();

inline void set_deadline(clock::time_point time) noexcept {
  deadline_of_thread = time;
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch());
  unblock_deadline(time == clock::time_point::max() ? UNBLOCK_NEVER : since.count());
}

/// `duration` from now, without overflow.
template <class Rep, class Period>
[[nodiscard]] clock::time_point after(std::chrono::duration<Rep, Period> duration) noexcept {
  const auto now = clock::now();
  if (duration >= clock::time_point::max() - now) return clock::time_point::max();
  return now + std::chrono::duration_cast<clock::duration>(duration);
}
}  // namespace detail

/// While it lives, what its thread calls ends at a time at the latest: what this library offers throws
/// timed_out, blocking calls of C fail with ETIMEDOUT if the thread is a fiber (unblock_deadline() says which).
/// One inside another only makes it sooner. Belongs to the thread that made it, and to scopes: the last made is
/// the first to go.
class deadline {
 public:
  template <class Rep, class Period>
  explicit deadline(std::chrono::duration<Rep, Period> from_now) : deadline(detail::after(from_now)) {}
  explicit deadline(clock::time_point time) : outer_(current()), time_(time) {
    if (time_ < outer_) detail::set_deadline(time_);
  }
  ~deadline() {
    if (time_ < outer_) detail::set_deadline(outer_);
  }
  deadline(const deadline&) = delete;
  deadline& operator=(const deadline&) = delete;

  /// Whether this one has passed: tells whose a timed_out is.
  [[nodiscard]] bool passed() const noexcept { return clock::now() >= time_; }

  /// When the calling thread's calls are to end; time_point::max() if nothing says so.
  [[nodiscard]] static clock::time_point current() noexcept { return detail::deadline_of_thread; }

  /// Throws timed_out if the calling thread's deadline has passed: for loops that compute.
  static void check() {
    if (current() != clock::time_point::max() && clock::now() >= current()) throw timed_out();
  }

 private:
  clock::time_point outer_;
  clock::time_point time_;
};

/// What a call of C that sets errno returned, or for -1 an exception: timed_out for ETIMEDOUT after the thread's
/// deadline, else std::system_error with `what`.
template <class Result>
Result check(Result result, const char* what) {
  if (result != -1) return result;
  const int error = errno;
  if (error == ETIMEDOUT) deadline::check();
  throw std::system_error(error, std::generic_category(), what);
}

}  // namespace unblock
