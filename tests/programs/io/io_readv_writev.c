// readv() blocks, then scatters what is there over its vectors in order; writev() gathers. readv(2)
#include "check.h"

static char parts[3][8];

static void *scatter(void *argument) {
  struct iovec vector[4] = {{parts[0], 3}, {parts[1], 0}, {parts[1], 5}, {parts[2], 7}};
  return (void *)readv(*(int *)argument, vector, 4);
}

static void exchange(const char *what, int ends[2], int bytes) {
  struct iovec vector[3] = {{(void *)"abc", 3}, {(void *)"", 0}, {(void *)"0123456789", bytes - 3}};
  memset(parts, 0, sizeof parts);
  pthread_t thread = start(scatter, &ends[0]);
  settle();
  printf("%s\n", what);
  report("  writev", writev(ends[1], vector, 3));
  report("  readv", (long)finish(thread));
  printf("  [%s] [%s] [%s]\n", parts[0], parts[1], parts[2]);
}

int main(void) {
  int ends[2];
  MUST(pipe(ends));
  exchange("pipe", ends, 13);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  exchange("Unix socket", ends, 6);
  tcp_pair(ends);
  exchange("TCP socket", ends, 9);
  close(ends[1]);
  exchange("at the end", (int[2]){ends[0], -1}, 4);
  return 0;
}
