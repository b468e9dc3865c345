// One client connection: optionally a SOCKS5 handshake, then requests: messages whose echo is checked byte by
// byte, or HTTP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "latency.h"

namespace load {

struct Target {
  std::uint16_t port = 0;          // where to connect to, on 127.0.0.1
  std::uint16_t socks_target = 0;  // not 0: `port` is a SOCKS5 proxy; ask it for 127.0.0.1:socks_target
  std::size_t size = 64;           // of a message, in bytes
  std::size_t http_answer = 0;     // not 0: requests are HTTP, and answers, heads included, have this size
  const char* path = "/page.txt";  // of what they ask for
  bool own_addresses = false;      // each connection comes from an address of its own in 127.0.0.0/8
};

/// What a connection reports after it was pumped.
enum class Progress { Waiting, Opened, Answered, Failed };

/// Not thread-safe. A request is a step: bytes to send and the number of bytes to get back.
class Connection {
 public:
  Connection(const Target& target, std::uint32_t id) : target_(target), id_(id) {}
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Starts to connect, non-blocking, and registers with `epoll` (edge-triggered, by its id). False: error.
  bool open(int epoll);
  void close();
  bool is_open() const { return fd_ >= 0; }

  /// Sends the next message; call it when Opened or Answered was reported. False: the connection failed.
  bool request();

  /// Moves on as far as the socket allows.
  Progress pump();

  Clock::duration latency() const { return answered_ - requested_; }
  std::uint64_t answers() const { return answers_; }
  std::uint64_t answers_since_open() const { return answers_since_open_; }

 private:
  enum class Phase { Connecting, Greeting, Asking, Ready, Echoing };

  bool begin(Phase phase, std::vector<unsigned char> out, std::size_t expected);
  bool send_pending();
  bool receive();
  bool answer_is_right() const;
  Progress connected();
  Progress finish_step();

  const Target& target_;
  std::uint32_t id_;
  int fd_ = -1;
  Phase phase_ = Phase::Connecting;
  std::vector<unsigned char> out_;
  std::size_t sent_ = 0;
  std::vector<unsigned char> in_;
  std::size_t received_ = 0;
  std::uint64_t answers_ = 0;
  std::uint64_t answers_since_open_ = 0;
  Clock::time_point requested_{};
  Clock::time_point answered_{};
};

}  // namespace load
