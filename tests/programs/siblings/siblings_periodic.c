// A loop that waits for the listener by select with a timeout, and has work to do when that passes.
#include "served.h"
#include <sys/select.h>

enum { clients = 20 };

static int ticks;

static void serve(int listener) {
  for (;;) {
    struct timeval pause = {0, 20000};
    fd_set set;
    FD_ZERO(&set);
    FD_SET(listener, &set);
    int ready = select(listener + 1, &set, NULL, NULL, &pause);
    if (ready == 0)
      ++ticks;
    if (ready <= 0 || !FD_ISSET(listener, &set))
      continue;
    char text[64];
    size_t have = 0;
    int fd = accept(listener, NULL, NULL);
    while (have < sizeof text && read(fd, text + have, 1) == 1 && text[have] != '\n')
      ++have;
    text[have < sizeof text ? have : 0] = 0;
    dprintf(fd, "%s%s", text, strcmp(text, "ticks?") ? "" : ticks > 2 ? " yes" : " no");
    close(fd);
  }
}

/// Asks until it has ticked, as it does once it is left alone for long enough.
static void ask_for_ticks(const struct sockaddr_in *where) {
  char text[64] = "";
  for (int attempt = 0; attempt < 500 && strcmp(text, "ticks? yes") != 0; ++attempt) {
    nap(100);
    int fd = connect_to(where);
    say(fd, "ticks?\n");
    text[read_all(fd, text, sizeof text - 1)] = 0;
    close(fd);
  }
  printf("%s\n", text);
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  for (int i = 0; i < clients; ++i) {
    fds[i] = connect_to(&server.where);
    dprintf(fds[i], "client");
  }
  nap(100);
  for (int i = clients - 1; i >= 0; --i)
    dprintf(fds[i], " %d\n", i);
  print_all(fds, clients);
  ask_for_ticks(&server.where);
  end_server(server);
}
