// FUTEX_WAIT_BITSET and FUTEX_WAKE_BITSET: only matching sleepers wake; a plain wake matches all. futex(2).
#include "futex.h"

enum { count = 32 };

static uint32_t word;
static int woken_by[count];
static int round_number;

static void* wait_for_bit(void* argument) {
  long bit = as_number(argument);
  long result = futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, 1u << bit);
  woken_by[bit] = __atomic_load_n(&round_number, __ATOMIC_SEQ_CST);
  return as_pointer(result);
}

static void wake(int number, uint32_t most, uint32_t mask) {
  __atomic_store_n(&round_number, number, __ATOMIC_SEQ_CST);
  printf("wake %u of %08x: %s\n", most, mask,
         answer(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, most, NULL, NULL, mask)));
}

int main(void) {
  pthread_t threads[count];
  for (long i = 0; i < count; i++)
    threads[i] = start(wait_for_bit, as_pointer(i));
  while (futex2(&word, FUTEX_CMP_REQUEUE_PRIVATE, 0, 1000, &word, 0) < count)
    pause_ms(1);

  wake(1, 100, 0x0000000f);
  for (int i = 0; i < 4; i++)
    join(threads[i]);
  wake(2, 100, 0x00000030);
  join(threads[4]);
  join(threads[5]);
  wake(3, 3, 0xff000000);
  wake(4, 100, 0xff000000);
  for (int i = 24; i < count; i++)
    join(threads[i]);
  wake(5, 100, 0x0000003f);
  __atomic_store_n(&round_number, 6, __ATOMIC_SEQ_CST);
  printf("plain wake: %s\n", answer(futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0)));
  for (int i = 6; i < 24; i++)
    join(threads[i]);

  int in_first = 0, in_second = 0, in_last = 0;
  for (int i = 0; i < count; i++) {
    in_first += woken_by[i] == 1 && i < 4;
    in_second += woken_by[i] == 2 && (i == 4 || i == 5);
    in_last += woken_by[i] == 6 && i >= 6 && i < 24;
  }
  printf("first %d, second %d, last %d\n", in_first, in_second, in_last);
  printf("empty mask: wait %s", answer(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, 0)));
  printf(", wake %s\n", answer(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 1, NULL, NULL, 0)));
  return 0;
}
