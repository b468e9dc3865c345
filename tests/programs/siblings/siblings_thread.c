// A server that starts a thread once it has served somebody: no more siblings, and all are served.
#include "served.h"

enum { clients = 20 };

static void *count(void *argument) {
  for (int i = 0; i < 5; ++i)
    nap(2);
  return argument;
}

static void serve(int listener) {
  int served = 0;
  for (;;) {
    char c;
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    if (++served == 5)
      finish(start(count, NULL));
    if (read(fd, &c, 1) == 1)
      dprintf(fd, "got %c", c);
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  connect_all(fds, clients, &server.where);
  for (int i = clients - 1; i >= 0; --i)
    dprintf(fds[i], "%c", 'a' + i);
  print_all(fds, clients);
  end_server(server);
}
