// A small HTTP/1.1 server that keeps connections open, and drops those that say nothing for five seconds.
// usage: http_server PORT
#include <cstdio>
#include <cstdlib>

#include <unblock.hpp>

namespace {

void serve(unblock::stream& connection) {
  for (;;) {
    const unblock::deadline patience(std::chrono::seconds(5));
    const auto head = connection.read_until("\r\n\r\n", 16 << 10);
    if (!head) return;
    const std::string path = head->substr(0, head->find("\r\n"));
    const bool found = path.starts_with("GET / ");
    const std::string body = found ? "Hello, fibers!\n" : "There is no such page.\n";
    connection.push(found ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 404 Not Found\r\n");
    connection.push("Content-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body);
    if (head->find("Connection: close") != head->npos) return;
  }
}

}  // namespace

int main(int count, char** arguments) {
  const unblock::runtime runtime;
  unblock::stream_server server(static_cast<std::uint16_t>(count > 1 ? std::atoi(arguments[1]) : 8080),
                                serve);
  std::printf("listening on 127.0.0.1:%d\n", server.port());
  std::fflush(stdout);
  pause();
}
