// A low RLIMIT_NOFILE, set at run time: threads start and talk, free numbers are as expected. getrlimit(2)
#include "check.h"
#include <sys/resource.h>

static int ends[2];

static void *echo(void *unused) {
  (void)unused;
  char byte;
  while (read(ends[0], &byte, 1) == 1)
    MUST(write(ends[0], &byte, 1));
  return NULL;
}

int main(void) {
  struct rlimit limit;
  MUST(getrlimit(RLIMIT_NOFILE, &limit));
  limit.rlim_cur = 8;
  char byte;
  int right = 0;
  MUST(setrlimit(RLIMIT_NOFILE, &limit));
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  pthread_t thread = start(echo, NULL);
  for (int i = 0; i < 100; ++i)
    right += write(ends[1], "x", 1) == 1 && read(ends[1], &byte, 1) == 1;
  printf("echoed %d\n", right);
  for (int i = 0; i < 4; ++i)
    report("dup", dup(0));
  report("dup2 beyond", dup2(0, 8));
  report("fcntl beyond", fcntl(0, F_DUPFD, 8));
  shutdown(ends[1], SHUT_WR);
  finish(thread);
  struct rlimit now;
  getrlimit(RLIMIT_NOFILE, &now);
  printf("limit %lu %lu\n", (unsigned long)now.rlim_cur, (unsigned long)now.rlim_max);
  return 0;
}
