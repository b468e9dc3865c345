// pselect() waits for writability and times out on a timespec it does not change. pselect(2)
#include "check.h"
#include <sys/select.h>

static int ends[2];

static void *drain(void *unused) {
  (void)unused;
  char space[65536];
  settle();
  long total = 0;
  for (ssize_t n; (n = read(ends[0], space, sizeof space)) > 0; total += n)
    continue;
  return (void *)total;
}

int main(void) {
  static char space[65536];
  long written = 0;
  struct timespec limit = {0, 50000000};
  fd_set out;
  MUST(pipe(ends));
  MUST(fcntl(ends[1], F_SETFL, O_NONBLOCK));
  for (ssize_t n; (n = write(ends[1], space, sizeof space)) > 0; written += n)
    continue;
  FD_ZERO(&out);
  FD_SET(ends[1], &out);
  long from = now_ms();
  report("pselect of a full pipe", pselect(ends[1] + 1, NULL, &out, NULL, &limit, NULL));
  took_about("50 ms", from, 50);
  printf("bit: %d, timespec: %ld ns\n", FD_ISSET(ends[1], &out) != 0, limit.tv_nsec);
  pthread_t thread = start(drain, NULL);
  FD_SET(ends[1], &out);
  report("pselect", pselect(ends[1] + 1, NULL, &out, NULL, NULL, NULL));
  printf("bit: %d\n", FD_ISSET(ends[1], &out) != 0);
  written += MUST(write(ends[1], space, 100));
  close(ends[1]);
  printf("all read: %d\n", (long)finish(thread) == written);
  return 0;
}
