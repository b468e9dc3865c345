// A Unix datagram send() blocks while the receiver's queue is full and goes on when it drains. unix(7)
#include "check.h"

enum { count = 500 };
static int ends[2];
static volatile int sent;

static void *sender(void *unused) {
  (void)unused;
  for (int i = 0; i < count; ++i, ++sent)
    MUST(send(ends[0], &i, sizeof i, 0));
  return NULL;
}

int main(void) {
  int in_order = 0;
  MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
  pthread_t thread = start(sender, NULL);
  settle();
  printf("blocked before the end: %d\n", sent > 0 && sent < count);
  for (int i = 0, got; i < count; ++i) {
    MUST(recv(ends[1], &got, sizeof got, 0));
    in_order += got == i;
  }
  finish(thread);
  printf("in order: %d of %d\n", in_order, count);
  return 0;
}
