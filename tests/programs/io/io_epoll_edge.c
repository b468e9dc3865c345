// epoll, edge-triggered and one-shot: one report per arrival, none until re-armed. epoll(7)
#include "check.h"
#include <sys/epoll.h>

static int set, ends[2];
static sem_t done;

static void wait_once(int ms) {
  struct epoll_event events[4];
  int n = epoll_wait(set, events, 4, ms);
  report("epoll_wait", n);
  for (int i = 0; i < n; ++i)
    printf("  %u: %#x\n", events[i].data.u32, events[i].events);
}

static void arm(int operation, uint32_t what, uint32_t name) {
  struct epoll_event event = {what, {.u32 = name}};
  MUST(epoll_ctl(set, operation, ends[0], &event));
}

static void *waiter(void *unused) {
  (void)unused;
  wait_once(2000);
  wait_once(50);
  sem_post(&done);
  wait_once(2000);
  arm(EPOLL_CTL_MOD, EPOLLIN | EPOLLONESHOT, 8);
  wait_once(2000);
  wait_once(50);
  arm(EPOLL_CTL_MOD, EPOLLIN | EPOLLONESHOT, 9);
  wait_once(2000);
  return NULL;
}

int main(void) {
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  set = MUST(epoll_create1(EPOLL_CLOEXEC));
  arm(EPOLL_CTL_ADD, EPOLLIN | EPOLLET, 7);
  pthread_t thread = start(waiter, NULL);
  settle();
  MUST(write(ends[1], "x", 1));
  sem_wait(&done);
  settle();
  MUST(write(ends[1], "y", 1));
  finish(thread);
  return 0;
}
