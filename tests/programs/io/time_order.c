// Sleepers wake in the order of their deadlines, whatever the order in which they went to sleep. nanosleep(2)
// On a machine that is too busy to run each in its time they try again, further apart.
#include "check.h"

enum { sleepers = 12, attempts = 5 };
static int step = 40, order[sleepers], woken;
static struct timespec zero;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *sleeper(void *argument) {
  long rank = (long)argument;
  struct timespec until = zero;
  until.tv_nsec += (100 + rank * step) * 1000000;
  until.tv_sec += until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  if (rank % 3 == 0) {
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
  } else {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long left = (until.tv_sec - now.tv_sec) * 1000000000 + until.tv_nsec - now.tv_nsec;
    usleep(left > 0 ? left / 1000 : 0);  // below zero it would be more than an hour
  }
  pthread_mutex_lock(&mutex);
  order[woken++] = (int)rank;
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static int sleep_in_order(void) {
  pthread_t thread[sleepers];
  woken = 0;
  clock_gettime(CLOCK_MONOTONIC, &zero);
  for (long i = 0; i < sleepers; ++i)
    thread[i] = start(sleeper, (void *)(i * 5 % sleepers));
  for (int i = 0; i < sleepers; ++i)
    finish(thread[i]);
  int in_order = 1;
  for (int i = 0; i < sleepers; ++i)
    in_order &= order[i] == i;
  return in_order;
}

int main(void) {
  for (int i = 0; i < attempts && !sleep_in_order(); ++i)
    step *= 2;
  for (int i = 0; i < sleepers; ++i)
    printf("%d ", order[i]);
  printf("\n");
  return 0;
}
