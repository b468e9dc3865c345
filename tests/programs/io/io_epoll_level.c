// epoll, level-triggered: a thread in epoll_wait() is told again until the data is read. epoll(7)
#include "check.h"
#include <sys/epoll.h>

static int set, a[2], b[2];
static sem_t done, turn;

static void wait_once(int ms) {
  struct epoll_event events[4];
  int n = epoll_wait(set, events, 4, ms);
  report("epoll_wait", n);
  for (int i = 0; i < n; ++i)
    printf("  %u: %#x\n", events[i].data.u32, events[i].events);
}

static void *waiter(void *unused) {
  (void)unused;
  char byte;
  wait_once(-1);
  wait_once(-1);
  MUST(read(a[0], &byte, 1));
  wait_once(0);
  sem_post(&done);
  sem_wait(&turn);
  wait_once(-1);
  wait_once(80);
  sem_post(&done);
  wait_once(-1);
  return NULL;
}

static void add(int fd, uint32_t name) {
  struct epoll_event event = {EPOLLIN, {.u32 = name}};
  MUST(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event));
}

int main(void) {
  MUST(pipe(a));
  MUST(pipe(b));
  set = MUST(epoll_create1(0));
  add(a[0], 1);
  pthread_t thread = start(waiter, NULL);
  settle();
  MUST(write(a[1], "x", 1));
  sem_wait(&done);
  sem_post(&turn);
  settle();
  MUST(write(b[1], "x", 1));
  add(b[0], 2);
  sem_wait(&done);
  settle();
  close(b[1]);
  finish(thread);
  struct epoll_event event = {EPOLLIN, {.u32 = 1}};
  report("add twice", epoll_ctl(set, EPOLL_CTL_ADD, a[0], &event));
  report("delete one not there", epoll_ctl(set, EPOLL_CTL_DEL, a[1], NULL));
  report("no room", epoll_wait(set, &event, 0, 0));
  report("not an epoll", epoll_wait(a[0], &event, 1, 0));
  return 0;
}
