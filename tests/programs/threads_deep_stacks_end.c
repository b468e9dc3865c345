// Threads that use megabytes of their stacks and end: their memory goes back, though others come and go.
// pthread_create(3), proc_pid_statm(5).
#include "memory.h"

enum { at_once = 40, deep = 4 << 20, page = 4096, enough_kb = 40 << 10 };

static pthread_barrier_t all;

static void* use_much(void* argument) {
  volatile char block[deep];
  for (long i = 0; i < deep; i += page)
    block[i] = 1;
  pthread_barrier_wait(&all);
  return argument;
}

static void* use_little(void* argument) {
  return argument;
}

int main(void) {
  require(pthread_barrier_init(&all, NULL, at_once), "pthread_barrier_init");
  pthread_t threads[at_once];
  for (int i = 0; i < at_once; i++)
    threads[i] = start(use_much, NULL);
  for (int i = 0; i < at_once; i++)
    join(threads[i]);
  // It need not be at once, but while the program is busy.
  struct timespec end = after_ms(CLOCK_MONOTONIC, 20000);
  while (resident_kb() > enough_kb && !reached(CLOCK_MONOTONIC, end))
    for (int i = 0; i < 100; i++)
      join(start(use_little, NULL));
  printf("%s\n", resident_kb() > enough_kb ? "kept" : "given back");
  return 0;
}
