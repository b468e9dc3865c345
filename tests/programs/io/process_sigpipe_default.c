// SIGPIPE with its default action: a thread's write to a broken pipe kills the process. signal(7), write(2)
#include "check.h"

static void *writer(void *argument) {
  int *ends = argument;
  settle();
  close(ends[0]);
  report("write", write(ends[1], "x", 1));
  return NULL;
}

int main(void) {
  int ends[2];
  printf("before\n");
  fflush(stdout);
  MUST(pipe(ends));
  finish(start(writer, ends));
  printf("never printed\n");
  return 0;
}
