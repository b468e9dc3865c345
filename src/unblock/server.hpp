// Servers: a thread for each connection or datagram, within a pool, ended gracefully.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <netinet/in.h>
#include <set>
#include <string>
#include <string_view>
#include <sys/socket.h>

#include "pool.hpp"
#include "stream.hpp"

namespace unblock {

namespace detail {

/// A socket bound to an IPv4 address and port, closed with its owner.
class bound_socket {
 public:
  bound_socket(int type, std::uint16_t port, std::uint32_t address)
      : fd_(check(::socket(AF_INET, type | SOCK_CLOEXEC, 0), "socket")) {
    const int on = 1;
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(address);
    if (setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd_, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 ||
        (type == SOCK_STREAM && listen(fd_, SOMAXCONN) != 0)) {
      const int error = errno;
      ::close(fd_);
      throw std::system_error(error, std::generic_category(), "bind");
    }
  }
  ~bound_socket() { ::close(fd_); }
  bound_socket(const bound_socket&) = delete;
  bound_socket& operator=(const bound_socket&) = delete;

  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] std::uint16_t port() const noexcept {
    sockaddr_in name{};
    socklen_t size = sizeof name;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&name), &size);
    return ntohs(name.sin_port);
  }
  /// Whoever waits for it, or will, finds it at its end.
  void interrupt() const noexcept { ::shutdown(fd_, SHUT_RD); }

 private:
  int fd_;
};

}  // namespace detail

/// Accepts connections from its construction on, and calls `handler(stream&)` in a thread for each, at most
/// `connections` at once; the others wait in the kernel's queue. An exception of a handler ends its connection,
/// and nothing else.
class stream_server {
 public:
  /// port 0: one that is free, see port(). Throws std::system_error if it cannot listen there.
  stream_server(std::uint16_t port, std::function<void(stream&)> handler, std::size_t connections = 10'000,
                std::uint32_t address = INADDR_LOOPBACK)
      : listener_(SOCK_STREAM, port, address), handler_(std::move(handler)), pool_(connections),
        acceptor_(spawn([this] { accept_all(); })) {}
  /// stop() without grace.
  ~stream_server() {
    const detail::uncancelled inside;
    stop(std::chrono::seconds(0));
  }
  stream_server(const stream_server&) = delete;
  stream_server& operator=(const stream_server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return listener_.port(); }
  [[nodiscard]] std::size_t connections() const { return pool_.running(); }

  /// Accepts no more, waits up to `grace` for the connections there are, then shuts down those that are left and
  /// waits for their handlers. Again: the same.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds(10)) {
    const clock::time_point end = detail::after(grace);
    listener_.interrupt();
    {
      const detail::guard held(changed_);
      changed_.wait_until(end, [&] { return accepted_all_ && open_.empty(); });
      for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    acceptor_.join();
    pool_.join();
  }

 private:
  void accept_all() {
    for (;;) {
      const int fd = ::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0 && (errno == EINVAL || errno == EBADF)) break;  // interrupt()
      if (fd < 0) {
        // No descriptors, or the connection is gone already.
        usleep(errno == EMFILE || errno == ENFILE ? 10'000 : 0);
        continue;
      }
      note(fd, true);
      pool_.submit([this, fd] { serve(fd); });
    }
    const detail::guard held(changed_);
    accepted_all_ = true;
    changed_.notify_all();
  }

  void serve(int fd) {
    // Off the list before it is closed: the number may be another's then.
    struct Noted {
      stream_server& server;
      stream& connection;
      int fd;
      ~Noted() {
        const detail::uncancelled inside;
        server.note(fd, false);
      }
    };
    stream connection(fd);
    const Noted noted{*this, connection, fd};
    try {
      handler_(connection);
      connection.flush();
    } catch (abi::__forced_unwind&) {
      throw;
    } catch (...) {  // this connection's affair
    }
  }

  void note(int fd, bool open) {
    const detail::guard held(changed_);
    if (open)
      open_.insert(fd);
    else
      open_.erase(fd);
    changed_.notify_all();
  }

  detail::bound_socket listener_;
  std::function<void(stream&)> handler_;
  detail::monitor changed_;
  std::set<int> open_;
  bool accepted_all_ = false;
  pool pool_;
  task<void> acceptor_;
};

/// Receives datagrams from its construction on, and calls `handler(data, reply)` in a thread for each, at most
/// `datagrams` at once; `reply(data)` sends one back. An exception of a handler ends nothing but itself.
class datagram_server {
 public:
  using reply = std::function<void(std::string_view)>;
  using handler = std::function<void(std::string_view, const reply&)>;

  /// port 0: one that is free, see port(). Throws std::system_error if it cannot be bound.
  datagram_server(std::uint16_t port, handler handle, std::size_t datagrams = 1'000,
                  std::uint32_t address = INADDR_LOOPBACK)
      : socket_(SOCK_DGRAM, port, address), handler_(std::move(handle)), pool_(datagrams),
        receiver_(spawn([this] { receive_all(); })) {}
  ~datagram_server() {
    const detail::uncancelled inside;
    stop();
  }
  datagram_server(const datagram_server&) = delete;
  datagram_server& operator=(const datagram_server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return socket_.port(); }

  /// Receives no more, and waits for the handlers of what was received.
  void stop() {
    stopping_ = true;
    socket_.interrupt();
    receiver_.join();
    pool_.join();
  }

 private:
  static constexpr std::size_t largest = 65536;

  void receive_all() {
    std::vector<char> data(largest);
    while (!stopping_) {
      sockaddr_storage from{};
      socklen_t size = sizeof from;
      const ssize_t got =
          ::recvfrom(socket_.fd(), data.data(), data.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 0 || stopping_) continue;  // ECONNREFUSED and the like: about an earlier reply
      pool_.submit([this, text = std::string(data.data(), static_cast<std::size_t>(got)), from, size] {
        handle(text, from, size);
      });
    }
  }

  void handle(const std::string& text, const sockaddr_storage& to, socklen_t size) {
    try {
      handler_(text, [&](std::string_view answer) {
        check(::sendto(socket_.fd(), answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&to), size),
              "sendto");
      });
    } catch (abi::__forced_unwind&) {
      throw;
    } catch (...) {  // this datagram's affair
    }
  }

  detail::bound_socket socket_;
  handler handler_;
  std::atomic<bool> stopping_{false};
  pool pool_;
  task<void> receiver_;
};

}  // namespace unblock
