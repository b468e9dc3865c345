// close_range() closes just its range, or marks it close-on-exec; readers outside go on. close_range(2)
#include "check.h"
#include <linux/close_range.h>

static int kept[2];

static void *reader(void *unused) {
  (void)unused;
  char byte;
  return (void *)read(kept[0], &byte, 1);
}

int main(void) {
  int low[4];
  for (int i = 0; i < 4; ++i)
    low[i] = MUST(dup(0));
  MUST(pipe(kept));
  pthread_t a = start(reader, NULL), b = start(reader, NULL);
  settle();
  report("close_range", close_range(low[1], low[2], 0));
  for (int i = 0; i < 4; ++i)
    report("  F_GETFD", fcntl(low[i], F_GETFD));
  report("close-on-exec", close_range(low[3], kept[0], CLOSE_RANGE_CLOEXEC));
  report("  F_GETFD", fcntl(low[3], F_GETFD));
  report("  F_GETFD", fcntl(kept[0], F_GETFD));
  report("  F_GETFD", fcntl(kept[1], F_GETFD));
  report("empty range", close_range(9, 8, 0));
  MUST(write(kept[1], "12", 2));
  printf("%ld ", (long)finish(a));
  printf("%ld\n", (long)finish(b));
  return 0;
}
