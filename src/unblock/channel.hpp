// Channels: values from thread to thread, and a choice between several.
//
// Who cannot go on at once leaves a waiter with the channel, which says where its value is, and waits for its
// ticket to be claimed. In a select() the waiters of all cases have one ticket: whoever claims it first, from
// the other side of any of the channels, decides. All channels of a select() are locked at once, in the order of
// their addresses, so nothing happens between looking and waiting.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <iterator>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

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

template <class T>
struct channel_state {
  struct waiter {
    ticket* wait;
    std::size_t which;
    std::optional<T>* value;
  };

  explicit channel_state(std::size_t size) noexcept : capacity(size) {}

  // All of these with the lock held.

  /// Gives `value` to a receiver or the buffer. False if neither has room.
  bool try_send(std::optional<T>& value) {
    if (!receivers.empty()) {
      if (auto taker = claim(receivers)) {
        *taker->value = std::move(value);
        taker->wait->finish(taker->which, true);
        return true;
      }
    }
    if (buffer.size() >= capacity) return false;
    buffer.push_back(std::move(*value));
    return true;
  }

  bool try_receive(std::optional<T>& value) {
    if (!buffer.empty()) {
      value = std::move(buffer.front());
      buffer.pop_front();
      if (auto giver = claim(senders)) {
        buffer.push_back(std::move(**giver->value));
        giver->wait->finish(giver->which, true);
      }
      return true;
    }
    auto giver = claim(senders);
    if (!giver) return false;
    value = std::move(*giver->value);
    giver->wait->finish(giver->which, true);
    return true;
  }

  void close() {
    closed = true;
    for (auto* waiting : {&receivers, &senders})
      while (auto left = claim(*waiting)) left->wait->finish(left->which, false);
  }

  static void withdraw(std::list<waiter>& waiting, const ticket& whose) {
    waiting.remove_if([&](const waiter& each) { return each.wait == &whose; });
  }

  /// The first waiter that nobody else has served.
  static std::optional<waiter> claim(std::list<waiter>& waiting) {
    while (!waiting.empty()) {
      const waiter first = waiting.front();
      waiting.pop_front();
      if (first.wait->claim()) return first;
    }
    return std::nullopt;
  }

  monitor lock;
  const std::size_t capacity;
  std::deque<T> buffer;
  std::list<waiter> senders, receivers;
  bool closed = false;
};

/// Sending as a case of a choice.
template <class T, class Then>
struct send_case {
  std::shared_ptr<channel_state<T>> channel;
  std::optional<T> value;
  Then then;

  [[nodiscard]] monitor& lock() const noexcept { return channel->lock; }
  [[nodiscard]] bool attempt(bool& open) {
    open = !channel->closed;
    return !open || channel->try_send(value);
  }
  void enqueue(ticket& wait, std::size_t which) { channel->senders.push_back({&wait, which, &value}); }
  void withdraw(const ticket& wait) { channel->withdraw(channel->senders, wait); }
  void finish(bool open) { then(open); }
};

/// Receiving as one.
template <class T, class Then>
struct receive_case {
  std::shared_ptr<channel_state<T>> channel;
  Then then;
  std::optional<T> value{};

  [[nodiscard]] monitor& lock() const noexcept { return channel->lock; }
  [[nodiscard]] bool attempt(bool& open) {
    open = channel->try_receive(value);
    return open || channel->closed;
  }
  void enqueue(ticket& wait, std::size_t which) { channel->receivers.push_back({&wait, which, &value}); }
  void withdraw(const ticket& wait) { channel->withdraw(channel->receivers, wait); }
  void finish(bool) { then(std::move(value)); }
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

/// One round of select(): returns the case that came about, or with `wait` unset perhaps none.
template <class... Cases>
std::optional<std::pair<std::size_t, bool>> choose(bool wait, Cases&... cases) {
  constexpr std::size_t count = sizeof...(Cases);
  const auto locks = [&] { return all_locks<count>({&cases.lock()...}); };
  std::optional<std::pair<std::size_t, bool>> result;
  ticket mine;
  {
    const auto held = locks();
    const auto attempt = [&](auto& each, std::size_t place) {
      bool open = false;
      if (!each.attempt(open)) return false;
      result = {place, open};
      return true;
    };
    if (any_case(choices++, attempt, cases...) || !wait) return result;
    std::size_t place = 0;
    (cases.enqueue(mine, place++), ...);
  }
  // However the wait ends, by an exception or a cancellation, too: nobody keeps a pointer to what is here.
  struct Leave {
    decltype(locks)& all;
    ticket& mine;
    std::tuple<Cases&...> cases;
    ~Leave() {
      const uncancelled inside;
      if (!mine.claim()) mine.wait_regardless();
      const auto held = all();
      std::apply([&](auto&... each) { (each.withdraw(mine), ...); }, cases);
    }
  };
  try {
    const Leave leave{locks, mine, {cases...}};
    mine.wait();
  } catch (const timed_out&) {
    if (!mine.finished()) throw;
  }
  return std::pair{mine.which(), mine.open()};
}

}  // namespace detail

/// A queue between threads that can be closed. Copies are the same channel. Thread-safe.
template <class T>
class channel {
 public:
  /// No limit to what it holds: send() never waits.
  static constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

  /// Holds up to `capacity` values on their way; with 0, a send() waits for its receive().
  explicit channel(std::size_t capacity = 0) : state_(std::make_shared<detail::channel_state<T>>(capacity)) {}

  /// Sends `value` when there is room. False if the channel is closed. Throws timed_out at the caller's deadline;
  /// then it was not sent.
  bool send(T value) const {
    bool sent = false;
    auto mine = on_send(std::move(value), [&](bool open) { sent = open; });
    finish(mine, detail::choose(true, mine));
    return sent;
  }

  /// The next value; none if the channel is closed and empty. Throws timed_out at the caller's deadline.
  std::optional<T> receive() const {
    std::optional<T> received;
    auto mine = on_receive([&](std::optional<T> value) { received = std::move(value); });
    finish(mine, detail::choose(true, mine));
    return received;
  }

  /// The same without waiting: false, or none, also if it would have to.
  bool try_send(T value) const {
    bool sent = false;
    auto mine = on_send(std::move(value), [&](bool open) { sent = open; });
    if (const auto result = detail::choose(false, mine)) finish(mine, result);
    return sent;
  }
  std::optional<T> try_receive() const {
    std::optional<T> received;
    auto mine = on_receive([&](std::optional<T> value) { received = std::move(value); });
    if (const auto result = detail::choose(false, mine)) finish(mine, result);
    return received;
  }

  /// No more is sent; what is in it is still received. Again: nothing.
  void close() const {
    const detail::guard held(state_->lock);
    state_->close();
  }

  [[nodiscard]] bool closed() const {
    const detail::guard held(state_->lock);
    return state_->closed;
  }
  /// How many values are in the buffer.
  [[nodiscard]] std::size_t size() const {
    const detail::guard held(state_->lock);
    return state_->buffer.size();
  }

  /// Cases for select(): `then(open)` after a send, false if the channel was closed; `then(optional<T>)` after a
  /// receive.
  template <class Then>
  [[nodiscard]] auto on_send(T value, Then then) const {
    return detail::send_case<T, Then>{state_, std::move(value), std::move(then)};
  }
  template <class Then>
  [[nodiscard]] auto on_receive(Then then) const {
    return detail::receive_case<T, Then>{state_, std::move(then)};
  }

  /// Receives until the channel is closed: `for (T& value : channel)`.
  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    iterator() = default;
    explicit iterator(const channel& from) : from_(&from) { ++*this; }
    T& operator*() const { return *value_; }
    T* operator->() const { return &*value_; }
    iterator& operator++() {
      value_ = from_->receive();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return !value_; }

   private:
    const channel* from_ = nullptr;
    mutable std::optional<T> value_;
  };
  [[nodiscard]] iterator begin() const { return iterator(*this); }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  template <class Case>
  static void finish(Case& mine, std::optional<std::pair<std::size_t, bool>> result) {
    mine.finish(result->second);
  }

  std::shared_ptr<detail::channel_state<T>> state_;
};

/// Waits until one of several sends and receives can be done, does that one, and calls its `then`; the others are
/// not done. Returns its place. Fair among those that are ready. Throws timed_out at the caller's deadline.
///
///     unblock::select(requests.on_receive([&](std::optional<Request> request) { ... }),
///                     answers.on_send(answer, [&](bool open) { ... }));
template <class... Cases>
std::size_t select(Cases... cases) {
  const auto [place, open] = *detail::choose(true, cases...);
  detail::any_case(
      0,
      [&](auto& each, std::size_t here) {
        if (here == place) each.finish(open);
        return here == place;
      },
      cases...);
  return place;
}

/// The same without waiting: none if nothing can be done now.
template <class... Cases>
std::optional<std::size_t> try_select(Cases... cases) {
  const auto result = detail::choose(false, cases...);
  if (!result) return std::nullopt;
  detail::any_case(
      0,
      [&](auto& each, std::size_t here) {
        if (here == result->first) each.finish(result->second);
        return here == result->first;
      },
      cases...);
  return result->first;
}

}  // namespace unblock
