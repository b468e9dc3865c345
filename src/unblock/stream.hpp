// A buffered conversation over a descriptor: asynchat's, without its callbacks.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "wait.hpp"

namespace unblock {

/// The other side ended in the middle of what was asked for.
class end_of_stream : public std::runtime_error {
 public:
  end_of_stream() : std::runtime_error("the stream ended too soon") {}
};

/// Owns a socket, pipe or terminal. What is pushed is sent before anything is waited for. One thread at a time.
/// Its functions throw timed_out at the caller's deadline, and std::system_error for what errno says.
class stream {
 public:
  explicit stream(int fd) noexcept : fd_(fd) {}
  stream(stream&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), input_(std::move(other.input_)), output_(std::move(other.output_)) {}
  stream& operator=(stream&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(input_, other.input_);
    std::swap(output_, other.output_);
    return *this;
  }
  /// Closes, and drops what was not sent: see close_when_done().
  ~stream() {
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] int fd() const noexcept { return fd_; }

  /// What comes up to `terminator`, which is taken and left out. None if the stream has ended; throws
  /// end_of_stream if it ends before the terminator, std::length_error if `limit` bytes come without one.
  std::optional<std::string> read_until(std::string_view terminator, std::size_t limit = 1 << 20) {
    for (std::size_t searched = 0;;) {
      const std::size_t end = input_.find(terminator, searched);
      if (end != input_.npos) {
        std::string found = input_.substr(0, end);
        input_.erase(0, end + terminator.size());
        return found;
      }
      if (input_.size() > limit) throw std::length_error("read_until: no terminator in sight");
      searched = input_.size() < terminator.size() ? 0 : input_.size() - terminator.size() + 1;
      if (fill()) continue;
      if (input_.empty()) return std::nullopt;
      throw end_of_stream();
    }
  }

  /// Exactly `size` bytes. None if the stream has ended; throws end_of_stream if there are fewer.
  std::optional<std::string> read_exactly(std::size_t size) {
    while (input_.size() < size)
      if (!fill()) {
        if (input_.empty()) return std::nullopt;
        throw end_of_stream();
      }
    std::string found = input_.substr(0, size);
    input_.erase(0, size);
    return found;
  }

  /// What there is, at least one byte; "" if the stream has ended.
  std::string read_some() {
    if (input_.empty()) fill();
    return std::exchange(input_, {});
  }

  /// Everything up to the end.
  std::string read_all() {
    while (fill()) {}
    return std::exchange(input_, {});
  }

  /// Adds to what is to be sent, which is sent with the next flush(), read or close_when_done(), or when it has
  /// become much.
  void push(std::string_view data) {
    output_ += data;
    if (output_.size() >= much) flush();
  }

  /// Sends all that was pushed.
  void flush() {
    while (!output_.empty()) {
      const ssize_t sent = check(send_some(), "send");
      output_.erase(0, static_cast<std::size_t>(sent));
    }
  }

  /// Sends all that was pushed, and closes. The stream is done with.
  void close_when_done() {
    flush();
    check(::close(std::exchange(fd_, -1)), "close");
  }

 private:
  static constexpr std::size_t much = 64 << 10;
  static constexpr std::size_t piece = 16 << 10;

  // Waits by poll where the thread has a deadline, which a plain thread's read would not see.
  void await(short events) const {
    if (deadline::current() != clock::time_point::max()) wait_fd(fd_, events);
  }

  // False at the end.
  bool fill() {
    flush();
    await(POLLIN);
    const std::size_t had = input_.size();
    input_.resize(had + piece);
    const ssize_t got =
        detail::uninterrupted([&](const timespec*) { return ::read(fd_, input_.data() + had, piece); });
    input_.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
    return check(got, "read") > 0;
  }

  [[nodiscard]] ssize_t send_some() {
    await(POLLOUT);
    // As much as there is room for, if there is a deadline; a write waits until it has written all.
    const int flags = MSG_NOSIGNAL | (deadline::current() != clock::time_point::max() ? MSG_DONTWAIT : 0);
    return detail::uninterrupted([&](const timespec*) {
      const ssize_t sent = ::send(fd_, output_.data(), output_.size(), flags);
      if (sent == -1 && errno == ENOTSOCK) return ::write(fd_, output_.data(), output_.size());
      return sent == -1 && errno == EAGAIN ? ssize_t{0} : sent;
    });
  }

  int fd_;
  std::string input_;
  std::string output_;
};

}  // namespace unblock
