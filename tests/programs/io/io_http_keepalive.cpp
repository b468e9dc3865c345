// A keep-alive HTTP server, a thread per connection; 300 clients, several requests each. RFC 9112
#include "check.h"
#include <atomic>
#include <string>
#include <thread>
#include <vector>

constexpr int clients = 300, requests = 4;
static sockaddr_in where;
static std::atomic<int> answered, closed;

// Receives until `text` has a whole head and at least `size` bytes; returns the head's length, or 0.
static size_t receive(int fd, std::string &text, size_t size) {
  for (;;) {
    size_t end = text.find("\r\n\r\n");
    if (end != std::string::npos && text.size() >= size)
      return end + 4;
    char space[256];
    ssize_t n = recv(fd, space, sizeof space, 0);
    if (n <= 0)
      return 0;
    text.append(space, n);
  }
}

static void serve(int fd) {
  std::string text;
  for (bool keep = true; size_t head = keep ? receive(fd, text, 0) : 0;) {
    std::string path = text.substr(4, text.find(' ', 4) - 4);
    keep = text.find("Connection: close") >= head;
    text.erase(0, head);
    std::string body = "you asked for " + path + "\n" + std::string(path.size() * 50, '.');
    std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    reply += body;
    send(fd, reply.data(), reply.size(), MSG_NOSIGNAL);
  }
  close(fd);
}

static void ask(int id) {
  int fd = connect_to(&where);
  std::string text;
  for (int i = 0; i < requests; ++i) {
    std::string path = "/";
    path += std::to_string(id * requests + i);
    std::string request = "GET " + path + " HTTP/1.1\r\nHost: here\r\n";
    request += i + 1 < requests ? "\r\n" : "Connection: close\r\n\r\n";
    write_all(fd, request.data(), request.size());
    size_t head = receive(fd, text, 0), size = 15 + path.size() * 51;
    answered += receive(fd, text, head + size) == head && text.size() == head + size &&
                text.find("for " + path + "\n") != std::string::npos;
    text.clear();
  }
  char byte;
  closed += read(fd, &byte, 1) == 0;
  close(fd);
}

int main() {
  int listener = listen_on_loopback(&where, 512);
  std::thread acceptor([=] {
    std::vector<std::thread> servers;
    for (int i = 0; i < clients; ++i)
      servers.emplace_back(serve, static_cast<int>(MUST(accept(listener, nullptr, nullptr))));
    for (auto &server : servers)
      server.join();
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i)
    threads.emplace_back(ask, i);
  for (auto &thread : threads)
    thread.join();
  acceptor.join();
  printf("answered %d, closed %d\n", answered.load(), closed.load());
  return 0;
}
