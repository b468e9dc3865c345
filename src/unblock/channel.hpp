// Channels: values from thread to thread.
//
// Who cannot go on at once leaves a waiter with the channel, which says where its value is, and waits for its
// ticket to be claimed by the other side. Every send and receive is a case of a select(), if only of one.
#pragma once

#include <deque>
#include <iterator>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "monitor.hpp"
#include "select.hpp"

namespace unblock {

namespace detail {

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

}  // namespace detail

/// A queue between threads that can be closed. Copies are the same channel. Thread-safe.
template <class T>
class channel {
 public:
  /// No limit to what it holds: send() never waits.
  static constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

  /// Holds up to `capacity` values on their way; with 0, a send() waits for its receive().
  explicit channel(std::size_t capacity = 0) : state_(std::make_shared<detail::channel_state<T>>(capacity)) {}

  /// Sends `value` when there is room. False if the channel is closed. Throws timed_out at the caller's
  /// deadline; then it was not sent.
  bool send(T value) const {
    bool sent = false;
    auto mine = on_send(std::move(value), [&](bool open) { sent = open; });
    detail::finish_case(*detail::choose(true, mine), mine);
    return sent;
  }

  /// The next value; none if the channel is closed and empty. Throws timed_out at the caller's deadline.
  std::optional<T> receive() const {
    std::optional<T> received;
    auto mine = on_receive([&](std::optional<T> value) { received = std::move(value); });
    detail::finish_case(*detail::choose(true, mine), mine);
    return received;
  }

  /// The same without waiting: false, or none, also if it would have to.
  bool try_send(T value) const {
    bool sent = false;
    auto mine = on_send(std::move(value), [&](bool open) { sent = open; });
    if (const auto made = detail::choose(false, mine)) detail::finish_case(*made, mine);
    return sent;
  }
  std::optional<T> try_receive() const {
    std::optional<T> received;
    auto mine = on_receive([&](std::optional<T> value) { received = std::move(value); });
    if (const auto made = detail::choose(false, mine)) detail::finish_case(*made, mine);
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

  /// Cases for select(): `then(open)` after a send, false if the channel was closed; `then(optional<T>)`
  /// after a receive.
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
  std::shared_ptr<detail::channel_state<T>> state_;
};

}  // namespace unblock
