// One loop with two listeners, at both of which connections wait when it looks first: by poll, then by
// select. Whoever has served one may find the other taken already: more come then, to the first.
#include "served.h"

#include <netinet/tcp.h>
#include <sys/select.h>

enum { clients = 20 };

static void answer(int listener, int which) {
  char text[64];
  int fd = accept(listener, NULL, NULL);
  size_t have = read_all(fd, text, 10);
  dprintf(fd, "listener %d: %.*s", which, (int)have, text);
  close(fd);
}

static void serve_by_poll(const int *listeners) {
  struct pollfd entries[2] = {{listeners[0], POLLIN, 0}, {listeners[1], POLLIN, 0}};
  while (poll(entries, 2, -1) >= 0)
    for (int i = 0; i < 2; ++i)
      if (entries[i].revents & POLLIN)
        answer(listeners[i], i);
}

static void serve_by_select(const int *listeners) {
  for (;;) {
    fd_set ready;
    FD_ZERO(&ready);
    FD_SET(listeners[0], &ready);
    FD_SET(listeners[1], &ready);
    if (select(listeners[1] + 1, &ready, NULL, NULL, NULL) < 0)
      return;
    for (int i = 0; i < 2; ++i)
      if (FD_ISSET(listeners[i], &ready))
        answer(listeners[i], i);
  }
}

/// Gives a server that takes more than one at a time the time to take those at `listener`.
static void let_accept(int listener) {
  struct tcp_info state;
  socklen_t size = sizeof state;
  for (int i = 0; i < 300; ++i) {
    MUST(getsockopt(listener, IPPROTO_TCP, TCP_INFO, &state, &size));
    if (state.tcpi_unacked == 0)  // in its queue
      return;
    usleep(1000);
  }
}

static void converse(const int *fds, int listener) {
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], "abcde");
  let_accept(listener);
  for (int i = clients - 1; i >= 0; --i)
    dprintf(fds[i], "%05d", i);
  print_all(fds, clients);
}

static void have_served(void (*serve)(const int *listeners)) {
  struct sockaddr_in where[2];
  int listeners[2] = {listen_on_loopback(&where[0], 512), listen_on_loopback(&where[1], 512)};
  int early[clients], late[clients];
  for (int i = 0; i < clients; ++i)
    early[i] = connect_to(&where[i % 3 == 1]);
  struct served server = {MUST(fork()), where[0]};
  if (server.pid == 0) {
    alarm(60);  // whatever becomes of the tests
    serve(listeners);
    _exit(98);
  }
  converse(early, listeners[0]);
  connect_all(late, clients, &where[0]);
  converse(late, listeners[0]);
  end_server(server);
}

int main(void) {
  have_served(serve_by_poll);
  have_served(serve_by_select);
}
