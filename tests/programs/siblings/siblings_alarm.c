// A pending alarm belongs to the connection that asked for it: some time out, some answer in time.
#include "served.h"
#include <setjmp.h>
#include <sys/time.h>

enum { clients = 9 };

static sigjmp_buf timed_out;

static void ring(int number) { siglongjmp(timed_out, number); }

static void handle(int fd) {
  char text[32];
  struct itimerval timer = {{0, 0}, {0, 150000}};
  if (sigsetjmp(timed_out, 1)) {
    dprintf(fd, "timed out");
    return;
  }
  if (read(fd, text, 1) != 1)
    return;
  if (text[0] == 's')
    setitimer(ITIMER_REAL, &timer, NULL);
  else
    alarm(20);
  ssize_t n = read(fd, text, sizeof text);
  int left = alarm(0);
  dprintf(fd, "%.*s, alarm %s", (int)n, text, left > 0 ? "was pending" : "was none");
}

static void serve(int listener) {
  struct sigaction action = {.sa_handler = ring};
  sigaction(SIGALRM, &action, NULL);
  serve_each(listener, handle);
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  // Those that are quick come with their text at once; natively they wait behind those that time out.
  for (int i = 0; i < clients; ++i) {
    fds[i] = connect_to(&server.where);
    say(fds[i], i % 3 == 0 ? "s" : "l");
  }
  nap(60);
  for (int i = clients - 1; i >= 0; --i)
    if (i % 3)
      dprintf(fds[i], "text %d", i);
  print_all(fds, clients);
  end_server(server);
}
