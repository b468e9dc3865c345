// FUTEX_REQUEUE and FUTEX_CMP_REQUEUE: counts, EAGAIN, sleepers woken on the word they were moved
// to. futex(2).
#include "futex.h"

enum { count = 20 };

static uint32_t from, to;
static int scope;  // FUTEX_PRIVATE_FLAG or nothing

static void* wait_on(void* address) {
  return as_pointer(futex(address, FUTEX_WAIT | scope, 0, NULL, NULL, 0) == 0 ? 0 : errno);
}

static void start_sleepers(pthread_t threads[count]) {
  for (int i = 0; i < count; i++)
    threads[i] = start(wait_on, &from);
  while (futex2(&from, FUTEX_CMP_REQUEUE | scope, 0, 1000, &from, 0) < count)
    pause_ms(1);
}

static void wake(const char* name, uint32_t* word, uint32_t most) {
  printf("wake %u on %s: %s\n", most, name, answer(futex(word, FUTEX_WAKE | scope, most, NULL, NULL, 0)));
}

static void try_all(int flag) {
  scope = flag;
  pthread_t threads[count];
  long woken = 0;
  start_sleepers(threads);
  printf("compare fails: %s\n", answer(futex2(&from, FUTEX_CMP_REQUEUE | scope, 1, 5, &to, 1)));
  printf("wake 2, move 5: %s\n", answer(futex2(&from, FUTEX_CMP_REQUEUE | scope, 2, 5, &to, 0)));
  wake("to", &to, 3);
  wake("to", &to, 100);
  printf("plain requeue, wake 1, move 4: %s\n", answer(futex2(&from, FUTEX_REQUEUE | scope, 1, 4, &to, 0)));
  printf("back, wake 1, move 2: %s\n", answer(futex2(&to, FUTEX_REQUEUE | scope, 1, 2, &from, 0)));
  wake("to", &to, 100);
  wake("from", &from, 100);
  wake("from", &from, 100);
  for (int i = 0; i < count; i++)
    woken += as_number(join(threads[i])) == 0;
  printf("woken %ld\n", woken);

  start_sleepers(threads);
  printf("move all: %s\n", answer(futex2(&from, FUTEX_CMP_REQUEUE | scope, 0, INT32_MAX, &to, 0)));
  wake("from", &from, 100);
  wake("to", &to, INT32_MAX);
  for (int i = 0; i < count; i++)
    join(threads[i]);
  uint32_t* unaligned = (uint32_t*)((char*)&to + 1);
  printf("negative count: %s\n", answer(futex2(&from, FUTEX_REQUEUE | scope, 1, (uint32_t)-1, &to, 0)));
  printf("unaligned: %s\n", answer(futex2(&from, FUTEX_REQUEUE | scope, 1, 1, unaligned, 0)));
}

int main(void) {
  printf("private:\n");
  try_all(FUTEX_PRIVATE_FLAG);
  printf("not said to be private:\n");
  try_all(0);
  return 0;
}
