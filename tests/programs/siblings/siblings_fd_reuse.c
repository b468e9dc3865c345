// Descriptors closed by one handler and made again by another, while a third waits: files, pipes and sockets.
#include "served.h"

enum { clients = 40, rounds = 3 };

static void serve(int listener) {
  for (;;) {
    char what[2], text[64];
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    for (int round = 0; round < rounds; ++round) {
      int ends[2];
      if (read_all(fd, what, 2) != 2)
        break;
      MUST(pipe(ends));
      int copy = dup(fd);
      dprintf(ends[1], "%c%c", what[0], what[1]);
      size_t size = read_all(ends[0], text, 2);
      close(ends[0]);
      close(ends[1]);
      write_all(copy, text, size);
      close(copy);
    }
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  for (int i = 0; i < clients / 2; ++i)
    fds[i] = connect_to(&server.where);
  for (int round = 0; round < rounds; ++round) {
    for (int i = clients / 2 - 1; i >= 0; i -= 2)
      dprintf(fds[i], "%c%d", 'a' + i % 26, round);
    for (int i = clients / 2 - 2; i >= 0; i -= 2)
      dprintf(fds[i], "%c%d", 'a' + i % 26, round);
  }
  for (int i = clients / 2; i < clients; ++i) {
    fds[i] = connect_to(&server.where);
    say(fds[i], "x0y1z2");
  }
  for (int i = 0; i < clients; ++i) {
    print_rest("client", i, fds[i]);
    close(fds[i]);
  }
  end_server(server);
}
