// timerfd: read() blocks until it expires and returns the expirations; absolute times. timerfd_create(2)
#include "check.h"
#include <sys/timerfd.h>

static void *once(void *clock) {
  uint64_t count = 0;
  int fd = MUST(timerfd_create((int)(long)clock, 0));
  struct itimerspec when = {{0, 0}, {0, 80000000}};
  long from = now_ms();
  MUST(timerfd_settime(fd, 0, &when, NULL));
  MUST(read(fd, &count, sizeof count));
  return (void *)(long)(now_ms() - from >= 80 ? count : 1000);
}

static void *periodic(void *unused) {
  (void)unused;
  uint64_t count = 0, total = 0;
  int fd = MUST(timerfd_create(CLOCK_MONOTONIC, 0));
  struct itimerspec when = {{0, 20000000}, {0, 20000000}};
  long from = now_ms();
  MUST(timerfd_settime(fd, 0, &when, NULL));
  nap(70);
  MUST(read(fd, &count, sizeof count));
  int late = count >= 3;
  for (; total < 10; total += count)
    MUST(read(fd, &count, sizeof count));
  return (void *)(long)(late * 10 + (now_ms() - from >= 200));
}

int main(void) {
  pthread_t a = start(once, (void *)CLOCK_MONOTONIC), b = start(once, (void *)CLOCK_REALTIME);
  pthread_t c = start(periodic, NULL);
  printf("monotonic: %ld\n", (long)finish(a));
  printf("realtime: %ld\n", (long)finish(b));
  printf("periodic, missed ones counted: %ld\n", (long)finish(c));
  int fd = MUST(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
  uint64_t count;
  struct itimerspec past = {{0, 0}, {0, 1}};
  report("not armed", read(fd, &count, sizeof count));
  MUST(timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL));
  poll(&(struct pollfd){fd, POLLIN, 0}, 1, 1000);
  report("past time", read(fd, &count, sizeof count));
  printf("  %lu\n", (unsigned long)count);
  return 0;
}
