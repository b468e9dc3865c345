// A server that keeps what it knows of its one connection in globals, as many do.
#include "served.h"

enum { clients = 40 };

static char line[300] = "nothing";
static size_t length = 7;
static int fd = -1, lines;
static const char *const greeting = "served";
static struct {
  char name[32];
  char padding[20000];
  uint32_t sum;
} peer;

/// The next line into `line`; false at the end.
static int next_line(void) {
  for (length = 0; length < sizeof line - 1; ++length)
    if (read(fd, line + length, 1) != 1 || line[length] == '\n')
      break;
  line[length] = 0;
  return length > 0;
}

static void serve(int listener) {
  for (;;) {
    if ((fd = accept(listener, NULL, NULL)) < 0)
      continue;
    lines = 0;
    peer.sum = 0;
    if (next_line())
      snprintf(peer.name, sizeof peer.name, "%.20s", line);
    while (next_line()) {
      ++lines;
      memset(peer.padding, line[0], sizeof peer.padding);
      peer.sum += checksum(line, length);
    }
    peer.sum += checksum(peer.padding, sizeof peer.padding);
    dprintf(fd, "%s %s: %d lines, %08x", greeting, peer.name, lines, peer.sum);
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  connect_all(fds, clients, &server.where);
  for (int part = 0; part < 4; ++part, nap(20))
    for (int i = clients - 1; i >= 0; --i)
      dprintf(fds[i], part ? "%c line %d of %d\n" : "client-%c%d\n", 'a' + i % 26, part, i);
  for (int i = clients - 1; i >= 0; --i)
    shutdown(fds[i], SHUT_WR);
  print_all(fds, clients);
  end_server(server);
}
