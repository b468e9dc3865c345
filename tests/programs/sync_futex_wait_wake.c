// FUTEX_WAIT and FUTEX_WAKE made by the program: how many are woken, EAGAIN, errors, spurious
// values. futex(2).
#include "futex.h"

enum { count = 20 };

static uint32_t word, other;

static void* wait_on(void* address) {
  return as_pointer(futex(address, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0) == 0 ? 0 : errno);
}

/// Starts `count` sleepers on `address` and waits until all sleep: a requeue to itself counts them.
static void start_sleepers(pthread_t threads[count], uint32_t* address) {
  for (int i = 0; i < count; i++)
    threads[i] = start(wait_on, address);
  while (futex2(address, FUTEX_CMP_REQUEUE_PRIVATE, 0, 1000, address, 0) < count)
    pause_ms(1);
}

static long join_all(pthread_t threads[count]) {
  long woken = 0;
  for (int i = 0; i < count; i++)
    woken += as_number(join(threads[i])) == 0;
  return woken;
}

int main(void) {
  pthread_t threads[count];
  printf("wake nobody: %s\n", answer(futex(&word, FUTEX_WAKE_PRIVATE, 5, NULL, NULL, 0)));
  printf("wait for another value: %s\n", answer(futex(&word, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0)));

  start_sleepers(threads, &word);
  printf("wake on another word: %s\n", answer(futex(&other, FUTEX_WAKE_PRIVATE, 5, NULL, NULL, 0)));
  printf("wake 1: %s\n", answer(futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0)));
  printf("wake 7: %s\n", answer(futex(&word, FUTEX_WAKE_PRIVATE, 7, NULL, NULL, 0)));
  printf("wake 100: %s\n", answer(futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0)));
  printf("wake again: %s\n", answer(futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0)));
  printf("woken %ld\n", join_all(threads));

  start_sleepers(threads, &word);
  printf("wake all: %s\n", answer(futex(&word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0)));
  printf("woken %ld\n", join_all(threads));

  uint32_t* unaligned = (uint32_t*)((char*)&word + 1);
  printf("unaligned: wait %s", answer(futex(unaligned, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0)));
  printf(", wake %s\n", answer(futex(unaligned, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0)));
  uint32_t* nowhere = (uint32_t*)8;
  printf("bad address: wait %s", answer(futex(nowhere, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0)));
  printf(", wake shared %s\n", answer(futex(nowhere, FUTEX_WAKE, 1, NULL, NULL, 0)));
  uint32_t* kernels = (uint32_t*)-4096;
  printf("the kernel's: wait %s", answer(futex(kernels, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0)));
  printf(", wake %s", answer(futex(kernels, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0)));
  printf(", all %s\n", answer(futex(kernels, FUTEX_WAKE_BITSET_PRIVATE, INT32_MAX, NULL, NULL, 1)));
  printf("bad timeout address: %s\n",
         answer(futex(&word, FUTEX_WAIT_PRIVATE, 0, (const struct timespec*)8, NULL, 0)));
  printf("bad operation: %s\n", answer(futex(&word, 99, 0, NULL, NULL, 0)));
  printf("wait on the realtime clock: %s\n",
         answer(futex(&word, FUTEX_WAIT_PRIVATE | FUTEX_CLOCK_REALTIME, 1, NULL, NULL, 0)));
  return 0;
}
