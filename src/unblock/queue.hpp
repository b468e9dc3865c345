// Queues whose work can be waited for, in order of arrival or of importance.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "monitor.hpp"

namespace unblock {

namespace detail {

template <class T>
struct in_order_of_arrival {
  std::deque<T> items;
  void put(T item) { items.push_back(std::move(item)); }
  T take() {
    T item = std::move(items.front());
    items.pop_front();
    return item;
  }
};

template <class T, class Compare>
struct greatest_first {
  std::vector<T> items;
  void put(T item) {
    items.push_back(std::move(item));
    std::push_heap(items.begin(), items.end(), Compare());
  }
  T take() {
    std::pop_heap(items.begin(), items.end(), Compare());
    T item = std::move(items.back());
    items.pop_back();
    return item;
  }
};

/// A bounded queue that counts what was taken and not finished.
template <class T, class Order>
class work_queue {
 public:
  explicit work_queue(std::size_t capacity = std::numeric_limits<std::size_t>::max()) : capacity_(capacity) {}

  /// Puts `item` in when there is room. False if the queue is closed. Throws timed_out at the caller's deadline.
  bool put(T item) {
    const guard held(changed_);
    changed_.wait([&] { return closed_ || order_.items.size() < capacity_; });
    if (closed_) return false;
    order_.put(std::move(item));
    ++unfinished_;
    changed_.notify_all();
    return true;
  }

  /// The next item; none if the queue is closed and empty. Throws timed_out at the caller's deadline.
  std::optional<T> get() {
    const guard held(changed_);
    changed_.wait([&] { return closed_ || !order_.items.empty(); });
    if (order_.items.empty()) return std::nullopt;
    changed_.notify_all();
    return order_.take();
  }

  /// What get() gave is done with. Once for each, by whoever took it.
  void task_done() {
    const guard held(changed_);
    if (unfinished_ == 0) throw std::logic_error("task_done: nothing was unfinished");
    if (--unfinished_ == 0) changed_.notify_all();
  }

  /// Waits until everything put in was taken and done with. Throws timed_out at the caller's deadline.
  void join() {
    const guard held(changed_);
    changed_.wait([&] { return unfinished_ == 0; });
  }

  /// No more is put in; what is there is still taken.
  void close() {
    const guard held(changed_);
    closed_ = true;
    changed_.notify_all();
  }

  [[nodiscard]] std::size_t size() {
    const guard held(changed_);
    return order_.items.size();
  }

 private:
  monitor changed_;
  Order order_;
  std::size_t capacity_;
  std::size_t unfinished_ = 0;
  bool closed_ = false;
};

}  // namespace detail

/// Items in order of arrival, with task_done() and join().
template <class T>
using joinable_queue = detail::work_queue<T, detail::in_order_of_arrival<T>>;

/// The greatest by `Compare` first; equal ones in no order. With task_done() and join(), too.
template <class T, class Compare = std::less<T>>
using priority_queue = detail::work_queue<T, detail::greatest_first<T, Compare>>;

}  // namespace unblock
