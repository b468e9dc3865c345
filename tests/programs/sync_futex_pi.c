// FUTEX_LOCK_PI, TRYLOCK_PI and UNLOCK_PI made by the program: the word holds the owner's tid. futex(2).
#include "futex.h"

enum { count = 20, rounds = 20 };

static uint32_t word;
static long value;

static void* add(void* argument) {
  long wrong = 0;
  (void)argument;
  for (int i = 0; i < rounds; i++) {
    uint32_t expected = 0;
    int fast = __atomic_compare_exchange_n(&word, &expected, (uint32_t)gettid(), 0, __ATOMIC_SEQ_CST,
                                           __ATOMIC_SEQ_CST);
    wrong += !fast && futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0) != 0;
    wrong += (__atomic_load_n(&word, __ATOMIC_SEQ_CST) & FUTEX_TID_MASK) != (uint32_t)gettid();
    long seen = value;
    pause_ms(i % 10 == 0);
    value = seen + 1;
    expected = (uint32_t)gettid();
    fast = __atomic_compare_exchange_n(&word, &expected, 0, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    wrong += !fast && futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0) != 0;
  }
  return as_pointer(wrong);
}

static void* attempt(void* argument) {
  struct timespec end = after_ms(CLOCK_REALTIME, 25);
  printf("another: trylock %s", answer(futex(&word, FUTEX_TRYLOCK_PI_PRIVATE, 0, NULL, NULL, 0)));
  printf(", timed %s", answer(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, &end, NULL, 0)));
  printf(", %s", reached(CLOCK_REALTIME, end) ? "not early" : "early");
  printf(", unlock %s\n", answer(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0)));
  return argument;
}

int main(void) {
  pthread_t threads[count];
  long wrong = 0;
  printf("lock %s", answer(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0)));
  printf(", owner %d", (word & FUTEX_TID_MASK) == (uint32_t)gettid());
  printf(", again %s\n", answer(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0)));
  join(start(attempt, NULL));
  printf("unlock %s", answer(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0)));
  printf(", word %u, again %s\n", word, answer(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0)));
  for (int i = 0; i < count; i++)
    threads[i] = start(add, NULL);
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  printf("value %ld, wrong %ld, word %u\n", value, wrong, word);
  return 0;
}
