// A handler leaves a blocked signal pending: the loop finds it when nobody comes, and no other handler does.
#include "served.h"
#include <poll.h>

static sigset_t usr1;

static int pending(void) {
  sigset_t set;
  sigpending(&set);
  return sigismember(&set, SIGUSR1);
}

static void serve(int listener) {
  static int taken;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  sigprocmask(SIG_BLOCK, &usr1, NULL);
  for (;;) {
    char c;
    struct pollfd wait = {.fd = listener, .events = POLLIN};
    const struct timespec at_once = {0, 0};
    if (poll(&wait, 1, 20) == 0) {
      taken += sigtimedwait(&usr1, NULL, &at_once) == SIGUSR1;
      continue;
    }
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    while (read(fd, &c, 1) == 1)
      if (c == 'r')
        raise(SIGUSR1);
      else
        dprintf(fd, "%d %d ", taken, pending());
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  char answer[8] = "";
  for (int round = 1; round <= 3; ++round) {
    int fd = connect_to(&server.where);
    say(fd, "r");
    shutdown(fd, SHUT_WR);
    print_rest("raises", round, fd);
    close(fd);
    do {
      nap(30);  // for the loop to have nothing to do
      fd = connect_to(&server.where);
      say(fd, "?");
      shutdown(fd, SHUT_WR);
      size_t size = read_all(fd, answer, sizeof answer - 1);
      answer[size] = 0;
      close(fd);
    } while (atoi(answer) != round);
    printf("taken and pending: %s\n", answer);
  }
  end_server(server);
}
