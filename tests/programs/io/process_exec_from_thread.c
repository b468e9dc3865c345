// exec in a thread, while main and others block, replaces the whole process; its pid stays. execve(2)
#include "check.h"

static void *blocked(void *argument) {
  char byte;
  return (void *)read(*(int *)argument, &byte, 1);
}

static void *replacer(void *unused) {
  (void)unused;
  char before[16];
  snprintf(before, sizeof before, "%d", (int)getpid());
  settle();
  execl("/bin/sh", "sh", "-c", "test $$ = $0 && echo same pid; exit 12", before,
        (char *)NULL);
  return NULL;
}

int main(void) {
  int ends[2];
  MUST(pipe2(ends, O_CLOEXEC));
  for (int i = 0; i < 4; ++i)
    start(blocked, &ends[0]);
  start(replacer, NULL);
  blocked(&ends[0]);
  return 1;
}
