// errno, the signal mask and what a lost client does (SIGPIPE, EPIPE) are each handler's own.
#include "served.h"

enum { clients = 24 };

static void handle(int fd) {
  char c;
  sigset_t set;
  if (read(fd, &c, 1) != 1)
    return;
  sigemptyset(&set);
  sigaddset(&set, c % 2 ? SIGUSR1 : SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  errno = 0;
  if (c % 2)
    close(-1);
  else
    open("/nowhere/at/all", O_RDONLY);
  const int before = errno;
  struct pollfd entry = {fd, POLLIN, 0};
  poll(&entry, 1, 10000);  // succeeds: errno stays
  const int after = errno;
  char line[8];
  ssize_t n = read(fd, line, sizeof line);
  sigset_t now;
  sigprocmask(SIG_SETMASK, NULL, &now);
  dprintf(fd, "%s %s %zd, SIGUSR1 %s, SIGUSR2 %s", strerrorname_np(before), strerrorname_np(after), n,
          sigismember(&now, SIGUSR1) ? "blocked" : "open", sigismember(&now, SIGUSR2) ? "blocked" : "open");
  sigemptyset(&set);
  sigprocmask(SIG_SETMASK, &set, NULL);
}

static void serve(int listener) {
  signal(SIGPIPE, SIG_IGN);
  serve_each(listener, handle);
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  for (int i = 0; i < clients; ++i) {
    fds[i] = connect_to(&server.where);
    dprintf(fds[i], "%d", i % 10);
  }
  nap(50);
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], "go");
  print_all(fds, clients);
  end_server(server);
}
