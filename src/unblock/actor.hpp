// Actors: a thread, and a mailbox that it alone reads.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "task.hpp"

namespace unblock {

/// Messages for one reader, who may take them out of turn. post() and close() from any thread.
template <class Message>
class mailbox {
 public:
  /// Never waits. False if it is closed.
  bool post(Message message) {
    const detail::guard held(changed_);
    if (closed_) return false;
    messages_.push_back(std::move(message));
    changed_.notify_all();
    return true;
  }

  /// The next message; none if the mailbox is closed and empty. Throws timed_out at the caller's deadline.
  std::optional<Message> receive() {
    return receive_if([](const Message&) { return true; });
  }

  /// The next message for which `wanted(message)`, past others, which stay.
  template <class Wanted>
  std::optional<Message> receive_if(Wanted wanted) {
    const detail::guard held(changed_);
    auto found = messages_.end();
    std::size_t seen = 0;
    changed_.wait([&] {
      for (; seen < messages_.size(); ++seen)
        if (wanted(messages_[seen])) {
          found = messages_.begin() + static_cast<std::ptrdiff_t>(seen);
          return true;
        }
      return closed_;
    });
    if (found == messages_.end()) return std::nullopt;
    Message message = std::move(*found);
    messages_.erase(found);
    return message;
  }

  void close() {
    const detail::guard held(changed_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  detail::monitor changed_;
  std::deque<Message> messages_;
  bool closed_ = false;
};

/// Runs `body(mailbox)` in a thread of its own. Copies are the same actor.
template <class Message>
class actor {
 public:
  template <class Body>
  explicit actor(Body body)
      : box_(std::make_shared<mailbox<Message>>()),
        task_(spawn([box = box_, body = std::move(body)]() mutable { body(*box); })) {}

  /// False if it was stopped.
  bool send(Message message) const { return box_->post(std::move(message)); }

  /// Its mailbox takes no more: once it is empty, receive() gives none, and the body should end.
  void stop() const { box_->close(); }

  /// Waits for the body's end and throws what it threw; timed_out at the caller's deadline.
  void join() const { task_.get(); }

 private:
  std::shared_ptr<mailbox<Message>> box_;
  task<void> task_;
};

}  // namespace unblock
