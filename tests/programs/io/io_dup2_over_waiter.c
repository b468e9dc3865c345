// dup2() over a descriptor a thread waits on: it waits on for the old file, later calls use the new. dup(2)
#include "check.h"

static int old[2], fresh[2];
static char got[3];

static void *reader(void *unused) {
  (void)unused;
  return (void *)(read(old[0], &got[0], 1) + read(old[0], &got[1], 1) + read(old[0], &got[2], 1));
}

int main(void) {
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, old));
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fresh));
  pthread_t thread = start(reader, NULL);
  settle();
  printf("dup2 gave the number asked for: %d\n", dup2(fresh[0], old[0]) == old[0]);
  MUST(write(fresh[1], "n", 1));
  settle();
  MUST(write(old[1], "o", 1));
  settle();
  MUST(write(fresh[1], "m", 1));
  printf("read %ld bytes: %.3s\n", (long)finish(thread), got);
  return 0;
}
