// For scripts/sibling_cost: a server whose handlers take turns (sched_yield); says what one takes.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { turns = 200000 };

static volatile int running;

static double cpu_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

/// Usage: yield_server HANDLERS; prints its port.
int main(int argc, char **argv) {
  struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof where;
  int listener = socket(AF_INET, SOCK_STREAM, 0), handlers = argc > 1 ? atoi(argv[1]) : 2;
  if (bind(listener, (struct sockaddr *)&where, size) < 0 || listen(listener, 64) < 0 ||
      getsockname(listener, (struct sockaddr *)&where, &size) < 0)
    return 1;
  printf("%d\n", ntohs(where.sin_port));
  fflush(stdout);
  for (;;) {
    char part_of_slice[BUFFER], byte;
    int fd = accept(listener, NULL, NULL);
    memset(part_of_slice, 1, sizeof part_of_slice);
    if (read(fd, &byte, 1) == 1) {
      for (++running; running < handlers;)
        sched_yield();
      double begin = cpu_ns();
      for (int i = 0; i < turns; ++i)
        sched_yield();
      dprintf(fd, "%.0f %d", (cpu_ns() - begin) / turns / handlers, part_of_slice[turns % BUFFER]);
    }
    close(fd);
  }
}
