// Waiting for several things at once: the first that can be done is done, the others are not.
//
// All cases of a select() have one ticket, which is enqueued with each: whoever claims it first, from the
// other side of any of them, decides. All of them are locked at once, in the order of their addresses, so
// nothing happens between looking and waiting.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <tuple>
#include <utility>

#include "deadline.hpp"
#include "monitor.hpp"

namespace unblock {

namespace detail {

/// One wait, for whichever of its cases comes first.
class ticket {
 public:
  /// True for the first who asks, who must then finish().
  [[nodiscard]] bool claim() noexcept { return !claimed_.exchange(true); }

  /// The wait is over with case `which`; `open` is false if that was by the channel's closing.
  void finish(std::size_t which, bool open) noexcept {
    const guard held(finished_);
    which_ = which;
    open_ = open;
    done_ = true;
    finished_.notify_all();
  }

  /// Throws timed_out at the thread's deadline; claim() says whether somebody was faster.
  void wait() {
    const guard held(finished_);
    finished_.wait([&] { return done_; });
  }
  void wait_regardless() {
    const guard held(finished_);
    finished_.wait_regardless([&] { return done_; });
  }

  /// Whether finish() was called. For the one who waited, once the wait is over.
  [[nodiscard]] bool finished() const noexcept { return done_; }
  [[nodiscard]] std::size_t which() const noexcept { return which_; }
  [[nodiscard]] bool open() const noexcept { return open_; }

 private:
  std::atomic<bool> claimed_{false};
  monitor finished_;
  std::size_t which_ = 0;
  bool open_ = false;
  bool done_ = false;
};

/// The locks of all cases of a choice, each once.
template <std::size_t count>
class all_locks {
 public:
  explicit all_locks(std::array<monitor*, count> locks) noexcept : locks_(locks) {
    std::sort(locks_.begin(), locks_.end(), std::less<>());
    end_ = std::unique(locks_.begin(), locks_.end());
    std::for_each(locks_.begin(), end_, [](monitor* each) { each->lock(); });
  }
  ~all_locks() {
    std::for_each(locks_.begin(), end_, [](monitor* each) { each->unlock(); });
  }
  all_locks(const all_locks&) = delete;
  all_locks& operator=(const all_locks&) = delete;

 private:
  std::array<monitor*, count> locks_;
  typename std::array<monitor*, count>::iterator end_;
};

/// Calls `call(case, place)` for each case, starting with another one every time, until it says true.
template <class Call, class... Cases>
bool any_case(std::size_t first, Call call, Cases&... cases) {
  constexpr std::size_t count = sizeof...(Cases);
  for (std::size_t turn = 0; turn < count; ++turn) {
    std::size_t place = 0;
    const auto mine = [&](auto& each) {
      const std::size_t here = place++;
      return here == (first + turn) % count && call(each, here);
    };
    if ((mine(cases) || ...)) return true;
  }
  return false;
}

inline std::atomic<std::size_t> choices{0};

/// The case that came about; `open` is false if that was by its channel's closing.
struct choice {
  std::size_t place;
  bool open;
};

/// Does the first case that can be done now, if there is one. All of them are locked.
template <class... Cases>
std::optional<choice> choose_now(Cases&... cases) {
  std::optional<choice> result;
  const auto attempt = [&](auto& each, std::size_t place) {
    bool open = false;
    if (!each.attempt(open)) return false;
    result = {place, open};
    return true;
  };
  any_case(choices++, attempt, cases...);
  return result;
}

/// A ticket in the queues of all cases. However the wait ends, by an exception or a cancellation, too: nobody
/// keeps a pointer to it.
template <class... Cases>
class enqueued {
 public:
  /// With all cases locked.
  enqueued(ticket& mine, Cases&... cases) : mine_(mine), cases_(cases...) {
    std::size_t place = 0;
    (cases.enqueue(mine, place++), ...);
  }
  /// With none of them locked.
  ~enqueued() {
    const uncancelled inside;
    if (!mine_.claim()) mine_.wait_regardless();
    std::apply(
        [this](auto&... each) {
          const all_locks<sizeof...(Cases)> held({&each.lock()...});
          (each.withdraw(mine_), ...);
        },
        cases_);
  }
  enqueued(const enqueued&) = delete;
  enqueued& operator=(const enqueued&) = delete;

 private:
  ticket& mine_;
  std::tuple<Cases&...> cases_;
};

/// One round of select(): returns the case that came about, or with `wait` unset perhaps none.
template <class... Cases>
std::optional<choice> choose(bool wait, Cases&... cases) {
  ticket mine;
  std::optional<all_locks<sizeof...(Cases)>> held(std::in_place, std::array{&cases.lock()...});
  if (const auto now = choose_now(cases...); now || !wait) return now;
  try {
    const enqueued<Cases...> until_the_end(mine, cases...);
    held.reset();
    mine.wait();
  } catch (const timed_out&) {
    if (!mine.finished()) throw;
  }
  return choice{mine.which(), mine.open()};
}

/// The case that came about calls its `then`.
template <class... Cases>
void finish_case(choice which, Cases&... cases) {
  const auto finish = [&](auto& each, std::size_t place) {
    if (place == which.place) each.finish(which.open);
    return place == which.place;
  };
  any_case(0, finish, cases...);
}

}  // namespace detail

/// Waits until one of several sends and receives can be done, does that one, and calls its `then`; the others
/// are not done. Returns its place. Fair among those that are ready. Throws timed_out at the caller's
/// deadline.
///
///     unblock::select(requests.on_receive([&](std::optional<Request> request) { ... }),
///                     answers.on_send(answer, [&](bool open) { ... }));
template <class... Cases>
std::size_t select(Cases... cases) {
  const detail::choice made = *detail::choose(true, cases...);
  detail::finish_case(made, cases...);
  return made.place;
}

/// The same without waiting: none if nothing can be done now.
template <class... Cases>
std::optional<std::size_t> try_select(Cases... cases) {
  const auto made = detail::choose(false, cases...);
  if (!made) return std::nullopt;
  detail::finish_case(*made, cases...);
  return made->place;
}

}  // namespace unblock
