// _exit() in a thread ends the process at once: no atexit handlers, no flushing. _exit(2)
#include "check.h"

static void at_exit(void) { fprintf(stderr, "atexit handler\n"); }

static void *ender(void *unused) {
  (void)unused;
  settle();
  MUST(write(1, "last words\n", 11));
  printf("never flushed");
  _exit(24);
}

int main(void) {
  char space[8];
  int ends[2];
  atexit(at_exit);
  setvbuf(stdout, NULL, _IOFBF, 4096);
  MUST(pipe(ends));
  start(ender, NULL);
  MUST(read(ends[0], space, 8));
  return 0;
}
