// sched_yield() lets others run: threads that wait their turn by yielding all finish. sched_yield(2)
#include "check.h"
#include <sched.h>

enum { threads = 4, rounds = 100 };
static int turn;

static void *taker(void *argument) {
  int me = (int)(long)argument, failures = 0;
  for (int i = 0; i < rounds; ++i) {
    while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) % threads != me)
      failures += sched_yield() != 0;
    __atomic_add_fetch(&turn, 1, __ATOMIC_RELEASE);
  }
  return (void *)(long)failures;
}

int main(void) {
  pthread_t thread[threads];
  for (long i = 0; i < threads; ++i)
    thread[i] = start(taker, (void *)i);
  for (int i = 0; i < threads; ++i)
    report("failures", (long)finish(thread[i]));
  printf("turns: %d\n", turn);
  return 0;
}
