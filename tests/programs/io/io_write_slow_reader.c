// A blocking write() of 8 MB to a slow reader returns 8 MB, on TCP, a Unix socket and a pipe. write(2)
#include "check.h"

enum { size = 8 << 20 };
static char data[size];

static void *slow_reader(void *fd) {
  static char space[3][256 * 1024];
  static int next;
  char *into = space[next++];
  uint32_t sum = 2166136261u;
  for (ssize_t n; (n = read(*(int *)fd, into, sizeof space[0])) > 0;) {
    for (ssize_t i = 0; i < n; ++i)
      sum = (sum ^ (unsigned char)into[i]) * 16777619u;
    if (n > 100000)
      nap(2);
  }
  return (void *)(uintptr_t)sum;
}

static void through(const char *what, int from, int to) {
  pthread_t thread = start(slow_reader, &from);
  report(what, write(to, data, size));
  close(to);
  printf("  %s\n", (uint32_t)(uintptr_t)finish(thread) == checksum(data, size) ? "intact" : "damaged");
}

int main(void) {
  int ends[2];
  fill(data, size, 11);
  tcp_pair(ends);
  through("TCP", ends[0], ends[1]);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  through("Unix", ends[0], ends[1]);
  MUST(pipe(ends));
  through("pipe", ends[0], ends[1]);
  return 0;
}
