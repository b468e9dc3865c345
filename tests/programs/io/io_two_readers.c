// Several threads blocked in recv() on one socket: each datagram goes to one of them, all get one. socket(7)
#include "check.h"

enum { readers = 16 };
static int ends[2];

static void *reader(void *unused) {
  (void)unused;
  char text[8] = "";
  return recv(ends[0], text, sizeof text, 0) == 2 ? (void *)(long)(text[0] * 256 + text[1]) : NULL;
}

static int ascending(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int main(void) {
  pthread_t thread[readers];
  int got[readers];
  MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
  for (int i = 0; i < readers; ++i)
    thread[i] = start(reader, NULL);
  settle();
  for (int i = 0; i < readers; ++i) {
    char text[2] = {'A', 'a' + i};
    MUST(send(ends[1], text, 2, 0));
  }
  for (int i = 0; i < readers; ++i)
    got[i] = (int)(long)finish(thread[i]);
  qsort(got, readers, sizeof *got, ascending);
  for (int i = 0; i < readers; ++i)
    printf("%c%c ", got[i] / 256, got[i] % 256);
  printf("\n");
  return 0;
}
