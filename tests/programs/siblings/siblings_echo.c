// An echo server, one connection after the other, whose clients send in pieces, the last client first.
#include "served.h"

enum { clients = 60, pieces = 8, piece = 700 };

static void serve(int listener) {
  for (;;) {
    char data[1500];
    int fd = accept(listener, NULL, NULL);
    size_t total = 0;
    ssize_t n;
    if (fd < 0)
      continue;
    while ((n = read(fd, data, sizeof data)) > 0) {
      write_all(fd, data, n);
      total += n;
    }
    dprintf(fd, "%zu", total);
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients], right = 0;
  char sent[pieces * piece], got[sizeof sent + 16];
  connect_all(fds, clients, &server.where);
  for (int part = 0; part < pieces; ++part)
    for (int i = clients - 1; i >= 0; --i) {
      fill(sent, sizeof sent, i);
      write_all(fds[i], sent + part * piece, piece);
    }
  for (int i = clients - 1; i >= 0; --i)
    shutdown(fds[i], SHUT_WR);
  for (int i = 0; i < clients; ++i) {
    fill(sent, sizeof sent, i);
    size_t size = read_all(fds[i], got, sizeof got);
    right += size == sizeof sent + 4 && !memcmp(got, sent, sizeof sent) &&
             !memcmp(got + sizeof sent, "5600", 4);
    close(fds[i]);
  }
  printf("right: %d of %d\n", right, clients);
  end_server(server);
}
