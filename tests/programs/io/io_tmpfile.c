// tmpfile() per thread: stdio writes, seeks and reads back while others do the same. tmpfile(3)
#include "check.h"

enum { threads = 16, lines = 500 };

static void *worker(void *argument) {
  long me = (long)argument, sum = 0;
  FILE *file = tmpfile();
  for (int i = 0; i < lines; ++i)
    fprintf(file, "%ld %d\n", me, i * i);
  rewind(file);
  long a, b;
  int read = 0;
  for (; fscanf(file, "%ld %ld", &a, &b) == 2; ++read)
    sum += a * 1000 + b;
  long size = ftell(file);
  fclose(file);
  return (void *)(read == lines ? sum * 31 + size : -1);
}

int main(void) {
  pthread_t thread[threads];
  for (long i = 0; i < threads; ++i)
    thread[i] = start(worker, (void *)i);
  for (int i = 0; i < threads; ++i)
    report("sum", (long)finish(thread[i]));
  return 0;
}
