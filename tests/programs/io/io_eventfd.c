// eventfd: a read takes all, or one of a semaphore; a write that overflows blocks. eventfd(2)
#include "check.h"
#include <sys/eventfd.h>

static void *taker(void *fd) {
  uint64_t value = 0;
  return read(*(int *)fd, &value, sizeof value) == 8 ? (void *)(uintptr_t)value : (void *)-1L;
}

static void *overflower(void *fd) {
  uint64_t value = 2;
  return (void *)write(*(int *)fd, &value, sizeof value);
}

int main(void) {
  int plain = MUST(eventfd(0, 0)), counting = MUST(eventfd(0, EFD_SEMAPHORE));
  uint64_t value = 5;
  pthread_t thread = start(taker, &plain), three[3];
  settle();
  MUST(write(plain, &value, 8));
  printf("taken %ld\n", (long)finish(thread));
  for (int i = 0; i < 3; ++i)
    three[i] = start(taker, &counting);
  settle();
  MUST(write(counting, &value, 8));
  for (int i = 0; i < 3; ++i)
    printf("taken %ld\n", (long)finish(three[i]));
  value = UINT64_MAX - 1;
  MUST(write(plain, &value, 8));
  thread = start(overflower, &plain);
  settle();
  MUST(read(plain, &value, 8));
  printf("read %#lx\n", (unsigned long)value);
  printf("blocked write: %ld\n", (long)finish(thread));
  MUST(read(plain, &value, 8));
  printf("read %lu\n", (unsigned long)value);
  value = UINT64_MAX;
  report("write of the greatest value", write(plain, &value, 8));
  report("short read", read(plain, &value, 4));
  MUST(fcntl(plain, F_SETFL, O_NONBLOCK));
  report("read, non-blocking", read(plain, &value, 8));
  MUST(read(counting, &value, 8));
  printf("left in the semaphore: %lu\n", (unsigned long)value);
  return 0;
}
