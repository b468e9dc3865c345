// A new descriptor gets the lowest free number, with threads blocked on others. open(2), dup(2)
#include "check.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int ends[2];

static void *reader(void *unused) {
  (void)unused;
  char byte;
  return (void *)read(ends[0], &byte, 1);
}

static void show(const char *what, int fd) {
  printf("%s: %d\n", what, fd);
  if (fd > 8)
    close(fd);
}

int main(void) {
  struct sockaddr_in where;
  MUST(pipe(ends));
  printf("pipe: %d %d\n", ends[0], ends[1]);
  pthread_t a = start(reader, NULL), b = start(reader, NULL);
  settle();
  show("open", open("/dev/null", O_RDONLY));
  show("socket", socket(AF_INET, SOCK_STREAM, 0));
  show("epoll", epoll_create1(0));
  show("eventfd", eventfd(0, 0));
  close(6);
  show("after closing 6", dup(0));
  show("dup", dup(0));
  show("F_DUPFD 100", fcntl(0, F_DUPFD, 100));
  show("listener", listen_on_loopback(&where, 1));
  FILE *file = tmpfile();
  show("tmpfile", fileno(file));
  show("dup2", dup2(0, 50));
  MUST(write(ends[1], "xx", 2));
  printf("%ld ", (long)finish(a));
  printf("%ld\n", (long)finish(b));
  show("dup", dup(0));
  return 0;
}
