// What a server counts in its globals adds up: connections, and bytes of all of them.
#include "served.h"

enum { clients = 30 };

static int connections;
static long bytes;

static void handle(int fd) {
  char data[64];
  ssize_t n;
  int number = ++connections;
  while ((n = read(fd, data, sizeof data)) > 0 && data[0] != '?')
    bytes += n;
  if (n > 0)
    dprintf(fd, "%d connections, %ld bytes", connections, bytes);
  else
    dprintf(fd, "number %d", number);
}

static void serve(int listener) { serve_each(listener, handle); }

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  connect_all(fds, clients, &server.where);
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], "abc");
  for (int i = clients - 1; i >= 0; --i) {
    say(fds[i], "defgh");
    shutdown(fds[i], SHUT_WR);
  }
  print_all(fds, clients);
  int last = connect_to(&server.where);
  say(last, "?");
  print_rest("last", clients, last);
  end_server(server);
}
