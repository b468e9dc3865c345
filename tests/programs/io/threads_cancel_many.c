// However many threads there were before, a thread that sleeps is cancelled at once, and its CPU-time clock is
// its own. pthread_cancel(3), pthread_getcpuclockid(3)
#include "check.h"

enum { threads = 400 };

static sem_t begun;

static void *sleep_for_ever(void *unused) {
  MUST(sem_post(&begun));
  for (;;) sleep(1000);
  return unused;
}

int main(void) {
  int cancelled = 0, timed = 0;
  MUST(sem_init(&begun, 0, 0));
  for (int i = 0; i < threads; ++i) {
    pthread_t thread = start(sleep_for_ever, NULL);
    MUST(sem_wait(&begun));
    clockid_t clock;
    struct timespec time;
    timed += pthread_getcpuclockid(thread, &clock) == 0 && clock_gettime(clock, &time) == 0;
    nap(1);
    MUST(-pthread_cancel(thread));
    cancelled += finish(thread) == PTHREAD_CANCELED;
  }
  printf("cancelled %d, timed %d of %d\n", cancelled, timed, threads);
  return 0;
}
