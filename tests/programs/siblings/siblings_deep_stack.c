// Handlers that wait at the bottom of a deep recursion, a mebibyte down, each at its own depth.
#include "served.h"

enum { clients = 12, frame = 4096 };

static uint32_t descend(int fd, int depth, unsigned char seed) {
  volatile unsigned char local[frame];
  memset((void *)local, seed + depth, sizeof local);
  char byte = 0;
  uint32_t below = 0;
  if (depth > 0)
    below = descend(fd, depth - 1, seed);
  else if (read(fd, &byte, 1) != 1)
    return 0;
  uint32_t sum = checksum((const void *)local, sizeof local);
  return below * 31 + sum + (unsigned char)byte;
}

static void serve(int listener) {
  for (;;) {
    unsigned char what[2];
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    if (read_all(fd, what, 2) == 2)
      dprintf(fd, "%08x", descend(fd, what[0], what[1]));
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  for (int i = 0; i < clients; ++i) {
    unsigned char what[2] = {(unsigned char)(255 - i * 20), (unsigned char)(i * 7)};
    fds[i] = connect_to(&server.where);
    write_all(fds[i], what, 2);
  }
  nap(50);
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], "x");
  print_all(fds, clients);
  end_server(server);
}
