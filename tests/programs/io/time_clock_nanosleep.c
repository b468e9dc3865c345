// clock_nanosleep() relative and absolute, on CLOCK_REALTIME, MONOTONIC and BOOTTIME. clock_nanosleep(2)
#include "check.h"

static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME};

static struct timespec later(clockid_t clock, long ms) {
  struct timespec t;
  clock_gettime(clock, &t);
  t.tv_nsec += ms * 1000000;
  t.tv_sec += t.tv_nsec / 1000000000;
  t.tv_nsec %= 1000000000;
  return t;
}

static void *relative(void *clock) {
  struct timespec t = {0, 120000000};
  long from = now_ms();
  int answer = clock_nanosleep(*(const clockid_t *)clock, 0, &t, NULL);
  return (void *)(long)(answer * 10 + (now_ms() - from >= 120));
}

static void *absolute(void *clock) {
  clockid_t which = *(const clockid_t *)clock;
  struct timespec until = later(which, 130), after;
  int answer = clock_nanosleep(which, TIMER_ABSTIME, &until, NULL);
  clock_gettime(which, &after);
  int early = after.tv_sec < until.tv_sec || (after.tv_sec == until.tv_sec && after.tv_nsec < until.tv_nsec);
  return (void *)(long)(answer * 10 + !early);
}

int main(void) {
  const char *names[] = {"realtime", "monotonic", "boottime"};
  pthread_t a[3], b[3];
  for (int i = 0; i < 3; ++i) {
    a[i] = start(relative, (void *)&clocks[i]);
    b[i] = start(absolute, (void *)&clocks[i]);
  }
  for (int i = 0; i < 3; ++i) {
    printf("%s: relative %ld", names[i], (long)finish(a[i]));
    printf(", absolute %ld\n", (long)finish(b[i]));
  }
  return 0;
}
