// close() of both ends of a pipe under poll() and select() of one: the file that is waited for tells that its other
// end is gone, and the number stands for nothing by then. close(2)
#include "check.h"
#include <sys/select.h>

static int ends[2];
static sem_t begin;

static void *poller(void *unused) {
  (void)unused;
  struct pollfd wait = {ends[0], POLLIN, 0};
  sem_post(&begin);
  const int n = poll(&wait, 1, 5000);
  return (void *)(long)(n * 1000 + wait.revents);
}

static void *selecter(void *unused) {
  (void)unused;
  fd_set reads;
  FD_ZERO(&reads);
  FD_SET(ends[0], &reads);
  sem_post(&begin);
  return (void *)(long)select(FD_SETSIZE, &reads, NULL, NULL, &(struct timeval){5, 0});
}

static void close_under(const char *what, void *(*wait)(void *)) {
  MUST(pipe(ends));
  const pthread_t thread = start(wait, NULL);
  sem_wait(&begin);
  settle();
  const long from = now_ms();
  close(ends[0]);
  close(ends[1]);
  printf("%s: %ld, ", what, (long)finish(thread));
  puts(now_ms() - from < 2500 ? "at once" : "too late");
}

int main(void) {
  close_under("poll", poller);
  close_under("select", selecter);
  return 0;
}
