// TCP urgent data: select()'s exceptfds, POLLPRI, recv(MSG_OOB) and SIOCATMARK. tcp(7), select(2)
#include "check.h"
#include <sys/ioctl.h>
#include <sys/select.h>

static int ends[2];

static void *receiver(void *unused) {
  (void)unused;
  fd_set in, except;
  char text[8] = "";
  FD_ZERO(&in);
  FD_ZERO(&except);
  FD_SET(ends[1], &except);
  report("select", select(ends[1] + 1, &in, NULL, &except, NULL));
  printf("exceptional: %d\n", FD_ISSET(ends[1], &except) != 0);
  struct pollfd wait = {ends[1], POLLPRI, 0};
  report("poll", poll(&wait, 1, 1000));
  printf("revents: %#x\n", wait.revents);
  report("recv MSG_OOB", recv(ends[1], text, 1, MSG_OOB));
  printf("  %s\n", text);
  report("recv up to the mark", recv(ends[1], text, sizeof text, 0));
  printf("  %.6s\n", text);
  int at_mark = -1;
  ioctl(ends[1], SIOCATMARK, &at_mark);
  printf("at the mark: %d\n", at_mark);
  return NULL;
}

int main(void) {
  tcp_pair(ends);
  pthread_t thread = start(receiver, NULL);
  settle();
  MUST(send(ends[0], "normal", 6, 0));
  settle();
  MUST(send(ends[0], "!", 1, MSG_OOB));
  finish(thread);
  return 0;
}
