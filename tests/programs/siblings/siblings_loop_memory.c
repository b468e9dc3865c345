// A loop that frees and allocates, before it accepts, where the peer's address is to go (openssl s_server).
#include "served.h"

enum { clients = 30, rounds = 3 };

static struct sockaddr_storage *peer;

static void serve(int listener) {
  for (;;) {
    char text[64];
    free(peer);
    peer = malloc(sizeof *peer);
    socklen_t size = sizeof *peer;
    int fd = accept(listener, (struct sockaddr *)peer, &size);
    if (fd < 0)
      continue;
    char *copy = strdup("something of this size, to be kept for a while");
    size_t have = read_all(fd, text, 4);
    dprintf(fd, "%.*s %s", (int)have, text, copy);
    free(copy);
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  for (int round = 0; round < rounds; ++round) {
    int fds[clients];
    for (int i = 0; i < clients; ++i) {
      fds[i] = connect_to(&server.where);
      dprintf(fds[i], "%02d", round);
    }
    nap(20);
    for (int i = clients - 1; i >= 0; --i)
      dprintf(fds[i], "%02d", i);
    for (int i = 0; i < clients; ++i) {
      print_rest("client", i, fds[i]);
      close(fds[i]);
    }
  }
  end_server(server);
}
