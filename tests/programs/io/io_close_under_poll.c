// close() of a descriptor that poll() and epoll_wait() wait for: the waiters time out. close(2)
#include "check.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int ends[2], set;

static void *poller(void *unused) {
  (void)unused;
  struct pollfd wait = {ends[0], POLLIN, 0};
  int n = poll(&wait, 1, 300);
  return (void *)(long)(n * 1000 + wait.revents);
}

static void *waiter(void *unused) {
  (void)unused;
  struct epoll_event event;
  return (void *)(long)epoll_wait(set, &event, 1, 300);
}

int main(void) {
  struct epoll_event event = {EPOLLIN, {0}};
  MUST(pipe(ends));
  set = MUST(epoll_create1(0));
  MUST(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event));
  pthread_t a = start(poller, NULL), b = start(waiter, NULL);
  settle();
  close(ends[0]);
  settle();
  int fresh = MUST(eventfd(0, 0));
  printf("number given out again: %d\n", fresh == ends[0]);
  printf("poll: %ld\n", (long)finish(a));
  printf("epoll_wait: %ld\n", (long)finish(b));
  report("epoll_ctl", epoll_ctl(set, EPOLL_CTL_DEL, fresh, NULL));
  return 0;
}
