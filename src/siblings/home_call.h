// The calls in which an iterative server waits for its next connection.
#pragma once

#include <sys/select.h>

#include "clock.h"

namespace unblock {

/// A call that may be one: accept(2) and accept4(2), poll(2), select(2) and their relatives, as it was made.
class HomeCall {
 public:
  HomeCall(long nr, const long (&words)[6]) noexcept : nr_(nr), words_(words) {}

  [[nodiscard]] static bool is(long nr) noexcept;
  [[nodiscard]] bool accepts() const noexcept;
  [[nodiscard]] bool selects() const noexcept;

  /// Whether it waits at all: a timeout of zero only looks.
  [[nodiscard]] bool waits() const noexcept;
  /// When it is to give up, from now.
  [[nodiscard]] Nanoseconds deadline() const noexcept;

  /// Whether what it points to can be read. The kernel is asked: nobody handles faults before activation.
  [[nodiscard]] bool readable() const noexcept;

  /// Whether `test(fd)` is true of any descriptor that it waits for to become readable or, once it has
  /// returned, that is. False where there are too many.
  template <class Test>
  [[nodiscard]] bool any_awaited(Test test) const noexcept {
    return each(
        false, [](int fd, void* with) { return (*static_cast<Test*>(with))(fd); }, &test);
  }
  template <class Test>
  [[nodiscard]] bool any_ready(Test test) const noexcept {
    return each(
        true, [](int fd, void* with) { return (*static_cast<Test*>(with))(fd); }, &test);
  }

  /// Takes `fd` out of the answer of a poll or select that has found it ready. How much less that answer is.
  [[nodiscard]] long withhold(int fd) const noexcept;

  /// What a select overwrites with its answer; nothing for the others.
  class Sets {
   public:
    explicit Sets(const HomeCall& call) noexcept;
    void restore() const noexcept;

   private:
    const HomeCall& call_;
    fd_set kept_[3];
  };
  struct NoSets {
    explicit NoSets(const HomeCall&) noexcept {}
    void restore() const noexcept {}
  };

 private:
  using Visit = bool(int fd, void* with);
  [[nodiscard]] bool each(bool ready, Visit* visit, void* with) const noexcept;
  [[nodiscard]] bool each_polled(bool ready, Visit* visit, void* with) const noexcept;
  [[nodiscard]] bool each_selected(Visit* visit, void* with) const noexcept;
  [[nodiscard]] std::size_t set_bytes() const noexcept;

  long nr_;
  const long (&words_)[6];
};

}  // namespace unblock
