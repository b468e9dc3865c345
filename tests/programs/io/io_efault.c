// Bad pointers give EFAULT, in calls that find data and in calls that had to wait for it. errno(3)
#include "check.h"
#include <sys/epoll.h>
#include <sys/select.h>

static int ends[2];
static char *bad;

static void *blocked(void *out) {
  *(struct outcome *)out = seen(read(ends[0], bad, 8));
  return NULL;
}

static void *at_once(void *unused) {
  (void)unused;
  struct iovec vector = {bad, 4};
  socklen_t *length = (socklen_t *)bad;
  report("read", read(ends[0], bad, 8));
  report("readv", readv(ends[0], &vector, 1));
  report("readv, vectors", readv(ends[0], (struct iovec *)bad, 1));
  report("recv", recv(ends[0], bad, 8, 0));
  report("recvmsg", recvmsg(ends[0], (struct msghdr *)bad, 0));
  report("write", write(ends[1], bad, 8));
  report("send", send(ends[1], bad, 8, 0));
  report("sendmsg", sendmsg(ends[1], (struct msghdr *)bad, 0));
  report("connect", connect(ends[0], (struct sockaddr *)bad, 16));
  report("getsockname", getsockname(ends[0], (struct sockaddr *)bad, length));
  report("poll", poll((struct pollfd *)bad, 1, 0));
  report("select", select(8, (fd_set *)bad, NULL, NULL, NULL));
  report("nanosleep", nanosleep((struct timespec *)bad, NULL));
  report("pipe", pipe((int *)bad));
  report("open", open(bad, O_RDONLY));
  report("epoll_ctl", epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, ends[0], (struct epoll_event *)bad));
  return NULL;
}

int main(void) {
  struct outcome got;
  char text[8];
  signal(SIGPIPE, SIG_IGN);
  bad = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  pthread_t thread = start(blocked, &got);
  settle();
  MUST(write(ends[1], "data", 4));
  finish(thread);
  tell("a read that waited", got);
  report("the data is still there", recv(ends[0], text, 8, MSG_DONTWAIT));
  MUST(write(ends[1], "more", 4));
  finish(start(at_once, NULL));
  return 0;
}
