// The steps of a connection (RFC 1928 for the SOCKS5 ones); see connection.h.
#include "connection.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace load {

namespace {

bool would_block() {
  return errno == EAGAIN || errno == EINTR;
}

sockaddr_in loopback(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(host);
  return address;
}

// From one address, once half of the ephemeral ports wait in TIME_WAIT, every connect() searches for long:
// the client would be what is measured. The port stays connect()'s to choose (IP_BIND_ADDRESS_NO_PORT,
// ip(7)).
bool come_from(int fd, std::uint32_t id) {
  constexpr std::uint32_t first = INADDR_LOOPBACK + 0x10000;  // 127.1.0.1
  const sockaddr_in address = loopback(first + id, 0);
  const int on = 1;
  return setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0 &&
         bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

int connect_to(const Target& target, std::uint32_t id) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = loopback(INADDR_LOOPBACK, target.port);
  if ((!target.own_addresses || come_from(fd, id)) &&
      (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EINPROGRESS))
    return fd;
  ::close(fd);
  return -1;
}

// Differs between connections and between requests, so an answer meant for another one is noticed.
std::vector<unsigned char> message(std::uint32_t id, std::uint64_t sequence, std::size_t size) {
  std::vector<unsigned char> bytes(size);
  std::uint32_t state = id * 2654435761U + static_cast<std::uint32_t>(sequence) * 40503U + 1;
  for (auto& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<unsigned char>(state >> 24);
  }
  return bytes;
}

std::vector<unsigned char> http_request(const char* path) {
  const std::string head =
      std::string("GET ") + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: load\r\n\r\n";
  return {head.begin(), head.end()};
}

}  // namespace

bool Connection::open(int epoll) {
  phase_ = Phase::Connecting;
  answers_since_open_ = 0;
  fd_ = connect_to(target_, id_);
  if (fd_ < 0) return false;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u32 = id_;
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd_, &event) == 0;
}

void Connection::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool Connection::request() {
  requested_ = Clock::now();
  if (target_.http_answer != 0) return begin(Phase::Echoing, http_request(target_.path), target_.http_answer);
  return begin(Phase::Echoing, message(id_, answers_, target_.size), target_.size);
}

bool Connection::begin(Phase phase, std::vector<unsigned char> out, std::size_t expected) {
  phase_ = phase;
  out_ = std::move(out);
  in_.resize(expected);
  sent_ = received_ = 0;
  return send_pending();
}

bool Connection::send_pending() {
  while (sent_ < out_.size()) {
    const ssize_t n = send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (n < 0) return would_block();
    sent_ += static_cast<std::size_t>(n);
  }
  return true;
}

bool Connection::receive() {
  while (received_ < in_.size()) {
    const ssize_t n = recv(fd_, in_.data() + received_, in_.size() - received_, 0);
    if (n < 0) return would_block();
    if (n == 0) return false;
    received_ += static_cast<std::size_t>(n);
  }
  return true;
}

Progress Connection::pump() {
  if (phase_ == Phase::Connecting) return connected();
  if (phase_ == Phase::Ready) {  // nothing asked, so anything to be read is wrong
    char byte;
    return recv(fd_, &byte, 1, MSG_PEEK) < 0 && would_block() ? Progress::Waiting : Progress::Failed;
  }
  if (!send_pending() || !receive()) return Progress::Failed;
  return received_ < in_.size() ? Progress::Waiting : finish_step();
}

Progress Connection::connected() {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) return Progress::Failed;
  sockaddr_in peer;
  socklen_t peer_size = sizeof peer;
  if (getpeername(fd_, reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0) return Progress::Waiting;
  if (target_.socks_target != 0)  // version 5, one method: no authentication
    return begin(Phase::Greeting, {5, 1, 0}, 2) ? Progress::Waiting : Progress::Failed;
  phase_ = Phase::Ready;
  return Progress::Opened;
}

bool Connection::answer_is_right() const {
  if (phase_ == Phase::Echoing && target_.http_answer != 0) {
    constexpr std::string_view ok = "HTTP/1.1 200 ";
    return in_.size() >= ok.size() && std::equal(ok.begin(), ok.end(), in_.begin());
  }
  if (phase_ == Phase::Echoing) return in_ == out_;
  return in_[0] == 5 && in_[1] == 0;  // SOCKS version 5; no authentication, or success
}

Progress Connection::finish_step() {
  if (!answer_is_right()) return Progress::Failed;
  if (phase_ == Phase::Greeting) {  // connect to an IPv4 address; the answer is as long as the question
    const auto port = target_.socks_target;
    return begin(Phase::Asking, {5, 1, 0, 1, 127, 0, 0, 1, static_cast<unsigned char>(port >> 8),
                                 static_cast<unsigned char>(port & 255)}, 10)
               ? Progress::Waiting : Progress::Failed;
  }
  const bool opened = phase_ == Phase::Asking;
  phase_ = Phase::Ready;
  if (opened) return Progress::Opened;
  answered_ = Clock::now();
  ++answers_;
  ++answers_since_open_;
  return Progress::Answered;
}

}  // namespace load
