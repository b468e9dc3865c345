// What stands behind a proxy that is compared: a small epoll server, fast enough not to be the bottleneck.
// Usage, on 127.0.0.1: load_backend PORT echo
//                      load_backend PORT http FILE     every GET is answered with FILE's content
#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <unordered_map>

namespace load {

struct Peer {
  std::string in;   // what was read and not yet understood: at most a request's head
  std::string out;  // what could not be sent yet
  bool close_after = false;
};

class Backend {
 public:
  Backend(int listener, std::string answer)
      : listener_(listener), answer_(std::move(answer)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    watch(listener_, EPOLLIN);
  }

  [[noreturn]] void run() {
    for (;;) {
      epoll_event events[256];
      const int n = epoll_wait(epoll_, events, 256, -1);
      for (int i = 0; i < n; ++i) {
        if (events[i].data.fd == listener_) accept_all();
        else if (!serve(events[i].data.fd)) drop(events[i].data.fd);
      }
    }
  }

 private:
  void watch(int fd, unsigned events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void accept_all() {
    for (int fd; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      peers_[fd] = Peer();
      watch(fd, EPOLLIN | EPOLLOUT | EPOLLET);
    }
  }

  void drop(int fd) {
    peers_.erase(fd);
    close(fd);
  }

  bool serve(int fd) {
    Peer& peer = peers_[fd];
    if (!flush(fd, peer)) return false;
    char buffer[65536];
    for (;;) {
      const ssize_t n = recv(fd, buffer, sizeof buffer, 0);
      if (n < 0) return errno == EAGAIN;
      if (n == 0) return false;
      answer(peer, buffer, static_cast<std::size_t>(n));
      if (!flush(fd, peer)) return false;
    }
  }

  void answer(Peer& peer, const char* data, std::size_t size) {
    if (answer_.empty()) {
      peer.out.append(data, size);
      return;
    }
    peer.in.append(data, size);
    for (std::size_t end; (end = peer.in.find("\r\n\r\n")) != std::string::npos;) {
      const std::string head = peer.in.substr(0, end);
      peer.close_after =
          strcasestr(head.c_str(), "\r\nconnection: close") || head.find("HTTP/1.0") != head.npos;
      peer.in.erase(0, end + 4);
      peer.out += answer_;
    }
  }

  static bool flush(int fd, Peer& peer) {
    while (!peer.out.empty()) {
      const ssize_t n = send(fd, peer.out.data(), peer.out.size(), MSG_NOSIGNAL);
      if (n < 0) return errno == EAGAIN;
      peer.out.erase(0, static_cast<std::size_t>(n));
    }
    return !peer.close_after;
  }

  int listener_;
  std::string answer_;  // empty: echo
  int epoll_;
  std::unordered_map<int, Peer> peers_;
};

int listen_on(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && listen(fd, 4096) == 0)
    return fd;
  std::perror("load_backend");
  std::exit(1);
}

std::string http_answer(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string body{std::istreambuf_iterator<char>(file), {}};
  if (!file || body.empty()) {
    std::fprintf(stderr, "load_backend: cannot read %s\n", path);
    std::exit(1);
  }
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

}  // namespace load

int main(int argc, char** argv) {
  const bool echo = argc == 3 && std::strcmp(argv[2], "echo") == 0;
  const bool http = argc == 4 && std::strcmp(argv[2], "http") == 0;
  if (!echo && !http) {
    std::fputs("usage: load_backend PORT echo | load_backend PORT http FILE\n", stderr);
    return 2;
  }
  std::string answer = http ? load::http_answer(argv[3]) : std::string();
  load::Backend(load::listen_on(std::atoi(argv[1])), std::move(answer)).run();
}
