// What a server counts in its globals adds up: connections, and bytes of all of them.
#include "served.h"

enum { clients = 30 };

static int connections;
static long bytes;

static void serve(int listener) {
  for (;;) {
    char data[64];
    ssize_t n;
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    int number = ++connections;
    while ((n = read(fd, data, sizeof data)) > 0 && data[0] != '?')
      bytes += n;
    if (n > 0)
      dprintf(fd, "%d connections, %ld bytes", connections, bytes);
    else
      dprintf(fd, "number %d", number);
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  for (int i = 0; i < clients; ++i)
    fds[i] = connect_to(&server.where);
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], "abc");
  for (int i = clients - 1; i >= 0; --i) {
    say(fds[i], "defgh");
    shutdown(fds[i], SHUT_WR);
  }
  for (int i = 0; i < clients; ++i)
    print_rest("client", i, fds[i]);
  int last = connect_to(&server.where);
  say(last, "?");
  print_rest("last", clients, last);
  end_server(server);
}
