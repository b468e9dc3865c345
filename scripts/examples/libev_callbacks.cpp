// Existing libev code, an echo service made of callbacks, beside fibers: nobody calls ev_run(), since a fiber
// runs unblock_loop(). It ends when no watcher is left, and the program with it.
#include <atomic>
#include <cstdio>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

#include <unblock.hpp>
#include <unblock/loop.hpp>

namespace {

struct Connection {
  ev_io io;
};

void on_readable(struct ev_loop* loop, ev_io* io, int) {
  char text[256];
  const ssize_t size = read(io->fd, text, sizeof text);
  if (size > 0 && write(io->fd, text, static_cast<std::size_t>(size)) == size) return;
  ev_io_stop(loop, io);
  close(io->fd);
  delete reinterpret_cast<Connection*>(io);
}

void serve(int fd) {
  const unblock::loop_guard loop;
  auto* connection = new Connection;
  ev_io_init(&connection->io, on_readable, fd, EV_READ);
  ev_io_start(loop, &connection->io);
}

// Blocks like any client, in a fiber.
bool talk() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return false;
  serve(ends[1]);
  bool good = true;
  for (int round = 0; round < 10; ++round) {
    char text[6];
    good &= write(ends[0], "hello", 6) == 6 && read(ends[0], text, 6) == 6 && std::strcmp(text, "hello") == 0;
  }
  close(ends[0]);
  return good;
}

}  // namespace

int main() {
  std::atomic<int> good{0};
  {
    const unblock::runtime runtime;
    for (int i = 0; i < 200; ++i) unblock::spawn([&good] { good += talk(); });
  }
  std::printf("200 fibers had their lines echoed by callbacks: %s\n", good == 200 ? "yes" : "no");
}
