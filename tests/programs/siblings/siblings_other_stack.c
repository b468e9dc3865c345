// A signal handler on an alternate stack, and a context on a stack of its own, that wait for their client.
#include "served.h"
#include <ucontext.h>

enum { clients = 16 };

static int current = -1;
static char alternate[64 << 10], own[64 << 10];
static ucontext_t loop, side;

static void read_in_handler(int number) {
  char c = 0;
  int fd = current;
  ssize_t n = read(fd, &c, 1);
  dprintf(fd, "%s %zd %c, ", number == SIGUSR1 ? "handler" : "?", n, c);
}

static void read_aside(void) {
  char c = 0;
  int fd = current;
  ssize_t n = read(fd, &c, 1);
  dprintf(fd, "context %zd %c, ", n, c);
}

static void handle(int fd) {
  char c = 0;
  ssize_t n = read(fd, &c, 1);
  dprintf(fd, "before %zd %c, ", n, c);
  current = fd;
  raise(SIGUSR1);
  getcontext(&side);
  side.uc_stack.ss_sp = own;
  side.uc_stack.ss_size = sizeof own;
  side.uc_link = &loop;
  makecontext(&side, read_aside, 0);
  current = fd;
  swapcontext(&loop, &side);
  n = read(fd, &c, 1);
  dprintf(fd, "after %zd %c", n, c);
}

static void serve(int listener) {
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  struct sigaction action = {.sa_handler = read_in_handler, .sa_flags = SA_ONSTACK};
  sigaltstack(&stack, NULL);
  sigaction(SIGUSR1, &action, NULL);
  serve_each(listener, handle);
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  connect_all(fds, clients, &server.where);
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], "1");
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], "23");
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], "4");
  print_all(fds, clients);
  end_server(server);
}
