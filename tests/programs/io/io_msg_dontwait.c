// MSG_DONTWAIT never waits and never leaves a mark: EAGAIN now, a blocking recv() right after. recv(2)
#include "check.h"

static int ends[2];

static void *receiver(void *unused) {
  (void)unused;
  char text[16];
  report("recv MSG_DONTWAIT", recv(ends[0], text, sizeof text, MSG_DONTWAIT));
  report("recv", recv(ends[0], text, sizeof text, 0));
  report("recv MSG_DONTWAIT", recv(ends[0], text, sizeof text, MSG_DONTWAIT));
  printf("flags: %d\n", (fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0);
  long total = 0;
  static char space[65536];
  struct outcome last;
  while ((last = seen(send(ends[0], space, sizeof space, MSG_DONTWAIT))).result > 0)
    total += last.result;
  tell("send MSG_DONTWAIT when full", last);
  return (void *)total;
}

int main(void) {
  static char space[65536];
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  pthread_t thread = start(receiver, NULL);
  settle();
  MUST(send(ends[1], "data", 4, 0));
  long total = (long)finish(thread), got = 0;
  while (got < total)
    got += MUST(recv(ends[1], space, sizeof space, 0));
  printf("all arrived: %d\n", got == total);
  return 0;
}
