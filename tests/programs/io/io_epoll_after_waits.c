// epoll_wait on a descriptor where it has waited in vain before: what is wrong with a call is still said at
// once, a number that was closed or names another set is not mistaken for the old one. epoll_wait(2)
#include "check.h"

#include <sys/epoll.h>

static void wait_in_vain(int epfd) {
  struct epoll_event event;
  for (int i = 0; i < 5; ++i) report("in vain", epoll_wait(epfd, &event, 1, 2));
}

// Out of the compiler's sight, which warns of such arguments.
static int wrongly(int epfd, struct epoll_event* volatile events, volatile int room) {
  return epoll_wait(epfd, events, room, -1);
}

static void* waiter(void* unused) {
  (void)unused;
  struct epoll_event events[2] = {{.events = EPOLLIN}};
  int ends[2];
  const int epfd = MUST(epoll_create1(0));
  MUST(pipe(ends));
  MUST(epoll_ctl(epfd, EPOLL_CTL_ADD, ends[0], events));
  wait_in_vain(epfd);
  report("no room", wrongly(epfd, events, 0));
  report("negative room", wrongly(epfd, events, -1));
  report("too much room", wrongly(epfd, events, INT32_MAX));
  report("kernel's memory", wrongly(epfd, (struct epoll_event*)-4096, 1));
  wait_in_vain(epfd);
  MUST(write(ends[1], "x", 1));
  report("nobody's memory", wrongly(epfd, (struct epoll_event*)16, 1));
  report("ready", epoll_wait(epfd, events, 2, -1));
  report("ready, no waiting", epoll_wait(epfd, events, 2, 0));
  char byte;
  MUST(read(ends[0], &byte, 1));
  wait_in_vain(epfd);
  MUST(dup2(MUST(epoll_create1(0)), epfd));
  MUST(epoll_ctl(epfd, EPOLL_CTL_ADD, ends[1], &(struct epoll_event){.events = EPOLLOUT}));
  report("another set", epoll_wait(epfd, events, 2, -1));
  MUST(epoll_ctl(epfd, EPOLL_CTL_DEL, ends[1], NULL));
  wait_in_vain(epfd);
  MUST(close(epfd));
  report("closed", epoll_wait(epfd, events, 2, -1));
  report("no epoll", epoll_wait(ends[0], events, 2, -1));
  return NULL;
}

int main(void) {
  finish(start(waiter, NULL));
  return 0;
}
