// close() of a descriptor that poll(), select() and epoll_wait() wait for: nobody is woken for it, but once
// poll and select look again they report what its number stands for by then: nothing counts as ready.
// close(2)
#include "check.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>

enum { waits_ms = 1000 };

static int ends[2], others[2], set;
static sem_t begin;

static void *poller(void *unused) {
  (void)unused;
  struct pollfd wait = {ends[0], POLLIN, 0};
  sem_post(&begin);
  int n = poll(&wait, 1, waits_ms);
  return (void *)(long)(n * 1000 + wait.revents);
}

static void *waiter(void *unused) {
  (void)unused;
  struct epoll_event event;
  sem_post(&begin);
  return (void *)(long)epoll_wait(set, &event, 1, waits_ms);
}

static void *poller_of_two(void *unused) {
  (void)unused;
  struct pollfd waits[2] = {{ends[0], POLLIN, 0}, {others[0], POLLIN, 0}};
  sem_post(&begin);
  int n = poll(waits, 2, -1);
  return (void *)(long)(n * 10000 + waits[0].revents * 100 + waits[1].revents);
}

static void *selecter(void *unused) {
  (void)unused;
  fd_set reads;
  FD_ZERO(&reads);
  FD_SET(ends[0], &reads);
  FD_SET(others[0], &reads);
  sem_post(&begin);
  int n = select(FD_SETSIZE, &reads, NULL, NULL, NULL);
  return (void *)(long)(n * 100 + FD_ISSET(ends[0], &reads) * 10 + FD_ISSET(others[0], &reads));
}

// Nothing has its number when they look.
static void gone_for_good(void) {
  void *(*const waits[])(void *) = {poller_of_two, selecter};
  pthread_t threads[2];
  MUST(pipe(ends));
  MUST(pipe(others));
  for (int i = 0; i < 2; ++i) {
    threads[i] = start(waits[i], NULL);
    sem_wait(&begin);
  }
  settle();
  close(ends[0]);
  MUST(write(others[1], "x", 1));
  printf("poll of two: %ld\n", (long)finish(threads[0]));
  printf("select of two: %ld\n", (long)finish(threads[1]));
}

int main(void) {
  struct epoll_event event = {EPOLLIN, {0}};
  MUST(pipe(ends));
  set = MUST(epoll_create1(0));
  MUST(epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &event));
  pthread_t a = start(poller, NULL), b = start(waiter, NULL);
  sem_wait(&begin);
  sem_wait(&begin);
  settle();
  close(ends[0]);
  int fresh = MUST(eventfd(0, 0));
  printf("number given out again: %d\n", fresh == ends[0]);
  printf("poll: %ld\n", (long)finish(a));
  printf("epoll_wait: %ld\n", (long)finish(b));
  report("epoll_ctl", epoll_ctl(set, EPOLL_CTL_DEL, fresh, NULL));
  gone_for_good();
  return 0;
}
