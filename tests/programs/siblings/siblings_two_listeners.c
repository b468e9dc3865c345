// One loop with two listeners, by poll: what a connection gets depends on where it came in.
#include "served.h"

enum { clients = 20 };

static int other;
static struct sockaddr_in other_where;

static void serve(int listener) {
  struct pollfd entries[2] = {{listener, POLLIN, 0}, {other, POLLIN, 0}};
  for (;;) {
    if (poll(entries, 2, -1) < 0)
      continue;
    for (int i = 0; i < 2; ++i) {
      char text[64];
      if (!(entries[i].revents & POLLIN))
        continue;
      int fd = accept(entries[i].fd, NULL, NULL);
      size_t have = read_all(fd, text, 10);
      dprintf(fd, "listener %d: %.*s", i, (int)have, text);
      close(fd);
    }
  }
}

int main(void) {
  other = listen_on_loopback(&other_where, 512);
  struct served server = serve_by(serve);
  int fds[clients];
  for (int i = 0; i < clients; ++i)
    fds[i] = connect_to(i % 3 ? &server.where : &other_where);
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], "abcde");
  for (int i = clients - 1; i >= 0; --i)
    dprintf(fds[i], "%05d", i);
  print_all(fds, clients);
  end_server(server);
}
