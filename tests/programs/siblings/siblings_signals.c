// Signals that a handler sends itself arrive before the call returns; one that ends the server ends its loop.
#include "served.h"

enum { clients = 20 };

static volatile sig_atomic_t caught, stop;

static void note(int number) { caught = number; }
static void finish_loop(int number) { stop = number; }

static void handle(int fd) {
  char text[16];
  while (read(fd, text, 1) == 1) {
    caught = 0;
    if (text[0] == 'k')
      kill(getpid(), SIGUSR1);
    else if (text[0] == 'r')
      raise(SIGUSR2);
    else
      pthread_kill(pthread_self(), SIGUSR1);
    dprintf(fd, "%s ", caught == SIGUSR1 ? "usr1" : caught == SIGUSR2 ? "usr2" : "none");
  }
  dprintf(fd, "%s", gettid() == getpid() ? "single thread" : "other thread");
}

static void serve(int listener) {
  struct sigaction action = {.sa_handler = finish_loop};
  sigaction(SIGTERM, &action, NULL);
  signal(SIGUSR1, note);
  signal(SIGUSR2, note);
  while (!stop) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    handle(fd);
    close(fd);
  }
  _exit(stop == SIGTERM ? 3 : 4);
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  connect_all(fds, clients, &server.where);
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], i % 2 ? "k" : "r");
  for (int i = clients - 1; i >= 0; --i) {
    say(fds[i], "t");
    shutdown(fds[i], SHUT_WR);
  }
  print_all(fds, clients);
  end_server(server);
}
