// A reset connection: a blocked read gets ECONNRESET, the next one 0, a write EPIPE. tcp(7)
#include "check.h"

static int ends[2];
static struct outcome first, second, third;

static void *reader(void *unused) {
  (void)unused;
  char byte;
  first = seen(read(ends[0], &byte, 1));
  second = seen(read(ends[0], &byte, 1));
  third = seen(send(ends[0], "x", 1, MSG_NOSIGNAL));
  return NULL;
}

static void *poller(void *unused) {
  (void)unused;
  struct pollfd wait = {ends[0], POLLRDHUP, 0};
  poll(&wait, 1, -1);
  return (void *)(long)wait.revents;
}

int main(void) {
  struct linger at_once = {1, 0};
  tcp_pair(ends);
  pthread_t a = start(reader, NULL), b = start(poller, NULL);
  settle();
  MUST(setsockopt(ends[1], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
  close(ends[1]);
  finish(a);
  long revents = (long)finish(b);
  tell("read", first);
  tell("read again", second);
  tell("send", third);
  printf("poll saw the hang-up: %d\n", (revents & (POLLHUP | POLLRDHUP)) == (POLLHUP | POLLRDHUP));
  return 0;
}
