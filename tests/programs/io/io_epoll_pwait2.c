// epoll_pwait2() takes a timespec, epoll_pwait() milliseconds; both time out on time. epoll_wait(2)
#include "check.h"
#include <sys/epoll.h>

static int ends[2];

static void *in_pwait(void *set) {
  struct epoll_event event = {0, {0}};
  sigset_t none;
  sigemptyset(&none);
  int n = epoll_pwait((int)(long)set, &event, 1, -1, &none);
  return (void *)(long)(n * 1000 + event.data.u32);
}

static void *in_pwait2(void *set) {
  struct epoll_event event = {0, {0}};
  int n = epoll_pwait2((int)(long)set, &event, 1, NULL, NULL);
  return (void *)(long)(n * 1000 + event.data.u32);
}

int main(void) {
  MUST(pipe(ends));
  pthread_t thread[2];
  struct timespec limit = {0, 60000000}, bad = {-1, 0};
  struct epoll_event event = {EPOLLIN, {.u32 = 42}};
  int set[2];
  for (int i = 0; i < 2; ++i) {
    set[i] = MUST(epoll_create1(0));
    MUST(epoll_ctl(set[i], EPOLL_CTL_ADD, ends[0], &event));
    thread[i] = start(i == 0 ? in_pwait : in_pwait2, (void *)(long)set[i]);
  }
  long from = now_ms();
  report("epoll_pwait2", epoll_pwait2(set[0], &event, 1, &limit, NULL));
  took_about("60 ms", from, 60);
  from = now_ms();
  report("epoll_pwait", epoll_pwait(set[1], &event, 1, 60, NULL));
  took_about("60 ms", from, 60);
  report("a bad timespec", epoll_pwait2(set[0], &event, 1, &bad, NULL));
  MUST(write(ends[1], "x", 1));
  for (int i = 0; i < 2; ++i)
    printf("woken: %ld\n", (long)finish(thread[i]));
  return 0;
}
