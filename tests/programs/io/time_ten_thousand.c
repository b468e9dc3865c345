// 10,000 threads asleep at once all wake, none before its time. nanosleep(2)
#include "check.h"

enum { sleepers = 10000 };
static pthread_t thread[sleepers];
static int asleep, many, early;

static void *sleeper(void *argument) {
  long ms = 300 + (long)argument % 100, from = now_ms();
  int now = __atomic_add_fetch(&asleep, 1, __ATOMIC_SEQ_CST);
  if (now == sleepers / 5)
    __atomic_store_n(&many, 1, __ATOMIC_SEQ_CST);
  struct timespec t = {0, ms * 1000000};
  struct outcome o = seen(nanosleep(&t, NULL));
  __atomic_sub_fetch(&asleep, 1, __ATOMIC_SEQ_CST);
  if (now_ms() - from < ms || o.result != 0)
    __atomic_add_fetch(&early, 1, __ATOMIC_SEQ_CST);
  return NULL;
}

int main(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  for (long i = 0; i < sleepers; ++i)
    MUST(-(errno = pthread_create(&thread[i], &attributes, sleeper, (void *)i)));
  for (int i = 0; i < sleepers; ++i)
    finish(thread[i]);
  printf("thousands asleep at once: %d, early: %d\n", many, early);
  return 0;
}
