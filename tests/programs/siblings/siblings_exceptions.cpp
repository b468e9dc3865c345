// Exceptions thrown to the loop's own frame, and handlers that wait for their client while they handle one.
#include <exception>
#include <stdexcept>
#include <string>

extern "C" {
#include "served.h"
}

namespace {

constexpr int clients = 30;

char receive(int fd) {
  char c;
  if (read(fd, &c, 1) != 1) throw std::runtime_error("the end came early");
  return c;
}

std::string handle(int fd) {
  try {
    const char c = receive(fd);
    if (c == 'i') throw 42;
    throw std::runtime_error(std::string("said ") + c);
  } catch (const std::exception& error) {
    // Others throw and catch while this one waits.
    const std::string before = error.what();
    const char c = receive(fd);
    if (c == 'r') throw;
    return before + ", then " + c + ", still " + error.what();
  } catch (int number) {
    return "number " + std::to_string(number) + " and " + receive(fd);
  }
}

void serve(int listener) {
  for (;;) {
    const int fd = accept(listener, nullptr, nullptr);
    if (fd < 0) continue;
    std::string answer;
    try {
      answer = handle(fd);
    } catch (const std::exception& error) {
      answer = std::string("in the loop: ") + error.what();
      if (std::uncaught_exceptions() != 0) answer += " (and there are more)";
    }
    dprintf(fd, "%s", answer.c_str());
    close(fd);
  }
}

}  // namespace

int main() {
  served server = serve_by(serve);
  int fds[clients];
  for (int i = 0; i < clients; ++i) {
    fds[i] = connect_to(&server.where);
    dprintf(fds[i], "%c", i % 3 == 0 ? 'i' : 'a' + i % 20);
  }
  nap(50);
  for (int i = clients - 1; i >= 0; i -= 2) dprintf(fds[i], "%c", i % 5 == 0 ? 'r' : 'x');
  for (int i = clients - 2; i >= 0; i -= 2) {
    if (i % 4) dprintf(fds[i], "%c", 'y');
    shutdown(fds[i], SHUT_WR);
  }
  for (int i = 0; i < clients; ++i) print_rest("client", i, fds[i]);
  end_server(server);
}
