// exit() in a thread ends the process: atexit handlers run, stdio is flushed, the others just stop. exit(3)
#include "check.h"

static int ends[2];

static void at_exit(void) { printf("atexit handler\n"); }

static void *blocked(void *unused) {
  (void)unused;
  char byte;
  MUST(read(ends[0], &byte, 1));
  printf("never printed\n");
  return NULL;
}

static void *ender(void *unused) {
  (void)unused;
  settle();
  printf("unflushed until exit\n");
  exit(23);
}

int main(void) {
  MUST(pipe(ends));
  atexit(at_exit);
  for (int i = 0; i < 5; ++i)
    start(blocked, NULL);
  start(ender, NULL);
  blocked(NULL);
  return 0;
}
