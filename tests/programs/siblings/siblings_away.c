// A server that has started a thread serves its next client with the one flow it has. Meanwhile a client from
// before is done with: who served it comes home, and has to wait until the other is there, too.
#include "served.h"

static void *nothing(void *unused) { return unused; }

static void serve(int listener) {
  int served = 0;
  for (;;) {
    char c;
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    if (++served == 1)
      finish(start(nothing, NULL));
    // Twice: the second time a poll, which might be one of a server that waits for connections.
    for (struct pollfd wait = {fd, POLLIN, 0}; read(fd, &c, 1) == 1; poll(&wait, 1, -1))
      dprintf(fd, "got %c", c);
    close(fd);
  }
}

int main(void) {
  enum { clients = 4 };
  struct served server = serve_by(serve);
  int fds[clients];
  connect_all(fds, clients, &server.where);
  settle();  // the second waits for what it is asked
  for (int i = 0; i < clients; ++i) {
    ask(fds[i], 'a' + i);
    ask(fds[i], 'A' + i);
    shutdown(fds[i], SHUT_WR);
    print_rest("client", i, fds[i]);
    settle();  // who served it comes home
  }
  end_server(server);
  return 0;
}
