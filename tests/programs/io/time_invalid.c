// Bad times: EINVAL for ns out of range, negative s, unknown clocks; past times return. nanosleep(2)
#include "check.h"

static void *attempts(void *unused) {
  (void)unused;
  struct timespec bad = {0, 1000000000}, negative = {-1, 0}, minus = {0, -1};
  struct timespec past = {1, 0}, zero = {0, 0};
  report("too many ns", nanosleep(&bad, NULL));
  report("negative s", nanosleep(&negative, NULL));
  report("negative ns", nanosleep(&minus, NULL));
  report("zero", nanosleep(&zero, NULL));
  printf("clock_nanosleep, bad ns: %s\n", strerrorname_np(clock_nanosleep(CLOCK_MONOTONIC, 0, &bad, NULL)));
  printf("unknown clock: %s\n", strerrorname_np(clock_nanosleep(77, 0, &zero, NULL)));
  int error = clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &zero, NULL);
  printf("thread's CPU clock: %s\n", strerrorname_np(error));
  printf("past: %d\n", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &past, NULL));
  printf("past: %d\n", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &zero, NULL));
  printf("absolute and negative: %s\n",
         strerrorname_np(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &negative, NULL)));
  return NULL;
}

int main(void) {
  finish(start(attempts, NULL));
  return 0;
}
