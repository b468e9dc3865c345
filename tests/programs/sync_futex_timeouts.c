// Futex timeouts: relative for WAIT, absolute for WAIT_BITSET, on either clock; never early;
// invalid times. futex(2).
#include "futex.h"

static uint32_t word;

static void wait_relative(long ms) {
  struct timespec end = after_ms(CLOCK_MONOTONIC, ms), time = {ms / 1000, ms % 1000 * 1000000};
  long result = futex(&word, FUTEX_WAIT_PRIVATE, 0, &time, NULL, 0);
  printf("relative %ld ms: %s", ms, answer(result));
  printf(", %s\n", reached(CLOCK_MONOTONIC, end) ? "not early" : "early");
}

static void wait_absolute(clockid_t clock, const char* name, long ms) {
  struct timespec end = after_ms(clock, ms);
  int flags = clock == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0;
  long result = futex(&word, FUTEX_WAIT_BITSET_PRIVATE | flags, 0, &end, NULL, FUTEX_BITSET_MATCH_ANY);
  printf("absolute, %s, %ld ms: %s", name, ms, answer(result));
  printf(", %s\n", reached(clock, end) ? "not early" : "early");
}

static void* run(void* argument) {
  wait_relative(0);
  wait_relative(25);
  wait_absolute(CLOCK_MONOTONIC, "monotonic", 25);
  wait_absolute(CLOCK_REALTIME, "realtime", 25);
  wait_absolute(CLOCK_MONOTONIC, "monotonic", -500);
  wait_absolute(CLOCK_REALTIME, "realtime", -5000);
  struct timespec times[] = {{0, 1000000000}, {0, -1}, {-1, 0}};
  for (int i = 0; i < 3; i++)
    printf("invalid %d: %s\n", i, answer(futex(&word, FUTEX_WAIT_PRIVATE, 0, &times[i], NULL, 0)));
  printf("another value comes before the timeout: %s\n",
         answer(futex(&word, FUTEX_WAIT_PRIVATE, 1, &(struct timespec){0, 1}, NULL, 0)));
  return argument;
}

static void* wait_long(void* argument) {
  struct timespec time = {20, 0};
  (void)argument;
  return as_pointer(futex(&word, FUTEX_WAIT_PRIVATE, 0, &time, NULL, 0));
}

static void* wait_short(void* argument) {
  struct timespec time = {0, as_number(argument) * 1000000};
  return as_pointer(futex(&word, FUTEX_WAIT_PRIVATE, 0, &time, NULL, 0) == -1 ? errno : 0);
}

int main(void) {
  join(start(run, NULL));
  // Those that time out leave the queue: the wake finds exactly the others.
  pthread_t patient[10], hasty[10];
  int timed_out = 0, woken = 0;
  for (long i = 0; i < 10; i++) {
    patient[i] = start(wait_long, NULL);
    hasty[i] = start(wait_short, as_pointer(5 + i));
  }
  for (int i = 0; i < 10; i++)
    timed_out += as_number(join(hasty[i])) == ETIMEDOUT;
  wake_exactly(&word, FUTEX_WAKE_PRIVATE, 10);
  for (int i = 0; i < 10; i++)
    woken += as_number(join(patient[i])) == 0;
  printf("timed out %d, woken %d, left %s\n", timed_out, woken,
         answer(futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0)));
  return 0;
}
