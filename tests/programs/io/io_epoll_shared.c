// Many threads in epoll_wait() on one set, one-shot: each arrival is handled by exactly one of them. epoll(7)
#include "check.h"
#include <sys/epoll.h>

enum { workers = 10, pairs = 50, rounds = 20 };
static int set, ends[pairs][2], stop[2];
static long handled[workers];

static void *worker(void *argument) {
  long me = (long)argument;
  struct epoll_event event;
  while (epoll_wait(set, &event, 1, -1) == 1 && event.data.u32 < pairs) {
    char byte;
    int fd = ends[event.data.u32][0];
    if (recv(fd, &byte, 1, MSG_DONTWAIT) != 1)
      return (void *)-1L;
    handled[me] += byte;
    if (write(fd, &byte, 1) != 1)
      return (void *)-2L;
    event.events = EPOLLIN | EPOLLONESHOT;
    MUST(epoll_ctl(set, EPOLL_CTL_MOD, fd, &event));
  }
  return NULL;
}

static void make_set(void) {
  struct epoll_event event = {EPOLLIN, {.u32 = pairs}};
  set = MUST(epoll_create1(0));
  MUST(pipe(stop));
  MUST(epoll_ctl(set, EPOLL_CTL_ADD, stop[0], &event));
  for (int i = 0; i < pairs; ++i) {
    event = (struct epoll_event){EPOLLIN | EPOLLONESHOT, {.u32 = i}};
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends[i]));
    MUST(epoll_ctl(set, EPOLL_CTL_ADD, ends[i][0], &event));
  }
}

int main(void) {
  pthread_t thread[workers];
  long expected = 0, sum = 0, failures = 0;
  make_set();
  for (long i = 0; i < workers; ++i)
    thread[i] = start(worker, (void *)i);
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < pairs; ++i)
      MUST(write(ends[i][1], &(char){i}, 1));
    for (int i = 0; i < pairs; ++i) {
      char byte = -1;
      MUST(read(ends[i][1], &byte, 1));
      failures += byte != i;
      expected += i;
    }
  }
  MUST(write(stop[1], "x", 1));
  for (int i = 0; i < workers; ++i) {
    failures += finish(thread[i]) != NULL;
    sum += handled[i];
  }
  printf("handled %s, %ld failures\n", sum == expected ? "each once" : "wrongly", failures);
  return 0;
}
