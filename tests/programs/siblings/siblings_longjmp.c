// A handler that gives up by longjmp to the loop, and one that retries by its own setjmp.
#include "served.h"
#include <setjmp.h>

enum { clients = 30 };

static jmp_buf to_loop;

static int read_digit(int fd) {
  char c;
  if (read(fd, &c, 1) != 1)
    longjmp(to_loop, 2);
  if (c == '!')
    longjmp(to_loop, 3);
  return c - '0';
}

static void handle(int fd) {
  jmp_buf again;
  volatile int tries = 0, sum = 0;
  setjmp(again);
  ++tries;
  for (int i = 0; i < 3; ++i) {
    int digit = read_digit(fd);
    if (digit == 9)
      longjmp(again, 1);
    sum += digit;
  }
  dprintf(fd, "sum %d after %d tries", sum, tries);
}

static void serve(int listener) {
  for (;;) {
    volatile int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    int why = setjmp(to_loop);
    if (why == 0)
      handle(fd);
    else
      dprintf(fd, "gave up: %d", why);
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  for (int i = 0; i < clients; ++i) {
    fds[i] = connect_to(&server.where);
    say(fds[i], "1");
  }
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], i % 3 == 0 ? "9" : i % 3 == 1 ? "!" : "2");
  for (int i = clients - 1; i >= 0; --i) {
    if (i % 3 != 1)
      say(fds[i], "3");
    shutdown(fds[i], SHUT_WR);
  }
  print_all(fds, clients);
  end_server(server);
}
