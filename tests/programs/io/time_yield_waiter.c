// One that waits for a descriptor, and one that sleeps, get their turn beside a thread that only yields.
// sched_yield(2)
#include "check.h"
#include <sched.h>

static int pipe_ends[2];
static int done;

static void *reader(void *unused) {
  (void)unused;
  char byte;
  for (int i = 0; i < 3; ++i)
    report("read", read(pipe_ends[0], &byte, 1));
  __atomic_add_fetch(&done, 1, __ATOMIC_RELEASE);
  return NULL;
}

static void *sleeper(void *unused) {
  (void)unused;
  nap(20);
  MUST(write(pipe_ends[1], "xyz", 3));
  __atomic_add_fetch(&done, 1, __ATOMIC_RELEASE);
  return NULL;
}

int main(void) {
  MUST(pipe(pipe_ends));
  pthread_t threads[2] = {start(reader, NULL), start(sleeper, NULL)};
  while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) < 2)
    sched_yield();
  finish(threads[0]);
  finish(threads[1]);
  return 0;
}
