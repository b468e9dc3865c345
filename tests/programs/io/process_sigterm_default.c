// SIGTERM with its default action ends the process while all its threads are blocked. signal(7)
#include "check.h"

static int ends[2];

static void *blocked(void *unused) {
  (void)unused;
  char byte;
  return (void *)read(ends[0], &byte, 1);
}

static void *killer(void *unused) {
  (void)unused;
  settle();
  kill(getpid(), SIGTERM);
  return blocked(NULL);
}

int main(void) {
  printf("before\n");
  fflush(stdout);
  MUST(pipe(ends));
  for (int i = 0; i < 4; ++i)
    start(blocked, NULL);
  start(killer, NULL);
  blocked(NULL);
  printf("never printed\n");
  return 0;
}
