// A daemon's start: every descriptor from 3 up is closed; threads and I/O still work. daemon(7)
#include "check.h"

static void *echo(void *argument) {
  int fd = *(int *)argument;
  char byte;
  while (read(fd, &byte, 1) == 1)
    if (write(fd, &byte, 1) != 1)
      return (void *)1;
  return NULL;
}

static void work(void) {
  int ends[2], other[2], right = 0;
  char byte = 0;
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, other));
  printf("numbers: %d %d %d %d\n", ends[0], ends[1], other[0], other[1]);
  pthread_t a = start(echo, &ends[0]), b = start(echo, &other[0]);
  settle();
  for (int i = 0; i < 50; ++i) {
    MUST(write(ends[1], "a", 1));
    MUST(write(other[1], "b", 1));
    right += read(ends[1], &byte, 1) == 1 && byte == 'a';
    right += read(other[1], &byte, 1) == 1 && byte == 'b';
  }
  nap(2);
  close(ends[1]);
  close(other[1]);
  finish(a);
  finish(b);
  printf("echoed %d\n", right);
}

int main(void) {
  work();
  for (int fd = 3; fd < 1024; ++fd)
    close(fd);
  work();
  report("close_range", close_range(3, ~0u, 0));
  work();
  closefrom(3);
  work();
  return 0;
}
