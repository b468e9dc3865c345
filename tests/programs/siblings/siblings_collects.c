// Not iterative: one loop selects over its blocking listener and all connections. It must be left alone.
#include "served.h"
#include <sys/select.h>

enum { clients = 20 };

static void serve(int listener) {
  fd_set all;
  int highest = listener;
  FD_ZERO(&all);
  FD_SET(listener, &all);
  for (;;) {
    fd_set ready = all;
    if (select(highest + 1, &ready, NULL, NULL, NULL) < 0)
      continue;
    for (int fd = 0; fd <= highest; ++fd) {
      char text[64];
      if (!FD_ISSET(fd, &ready))
        continue;
      if (fd == listener) {
        int made = accept(listener, NULL, NULL);
        FD_SET(made, &all);
        highest = made > highest ? made : highest;
        continue;
      }
      ssize_t n = read(fd, text, sizeof text);
      if (n > 0) {
        write_all(fd, text, n);
        continue;
      }
      close(fd);
      FD_CLR(fd, &all);
    }
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients], right = 0;
  connect_all(fds, clients, &server.where);
  for (int round = 0; round < 3; ++round)
    for (int i = clients - 1; i >= 0; --i) {
      char text[16], got[16];
      int size = sprintf(text, "%d of %d", round, i);
      write_all(fds[i], text, size);
      right += read_all(fds[i], got, size) == (size_t)size && !memcmp(got, text, size);
    }
  printf("right: %d\n", right);
  end_server(server);
}
