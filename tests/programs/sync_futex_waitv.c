// futex_waitv(2): the index of the word that was woken, EAGAIN, timeouts, bad arguments.
#include "futex.h"

enum { words = 8, private_32 = 2 | 128 };

static uint32_t values[words];

struct entry {  // struct futex_waitv of <linux/futex.h>
  uint64_t value, address;
  uint32_t flags, reserved;
};

static long waitv(struct entry* entries, unsigned count, unsigned flags, struct timespec* deadline,
                  clockid_t clock) {
  return syscall(449, entries, count, flags, deadline, clock);
}

static void fill(struct entry entries[words]) {
  for (int i = 0; i < words; i++)
    entries[i] = (struct entry){0, (uintptr_t)&values[i], private_32, 0};
}

static void* wait_all(void* argument) {
  struct entry entries[words];
  (void)argument;
  fill(entries);
  return as_pointer(waitv(entries, words, 0, NULL, CLOCK_MONOTONIC));
}

int main(void) {
  struct entry entries[words];
  fill(entries);
  if (waitv(entries, 0, 0, NULL, 0) == -1 && errno == ENOSYS) {
    fprintf(stderr, "this kernel has no futex_waitv\n");
    return program_skips;
  }
  for (int i = 0; i < words; i += 3) {
    pthread_t thread = start(wait_all, NULL);
    wake_exactly(&values[i], FUTEX_WAKE_PRIVATE, 1);
    printf("woken on %d: index %ld\n", i, as_number(join(thread)));
  }
  printf("nobody is left: %s\n", answer(futex(&values[1], FUTEX_WAKE_PRIVATE, 9, NULL, NULL, 0)));
  values[5] = 1;
  printf("another value: %s\n", answer(waitv(entries, words, 0, NULL, CLOCK_MONOTONIC)));
  values[5] = 0;
  struct timespec end = after_ms(CLOCK_MONOTONIC, 25);
  printf("monotonic: %s", answer(waitv(entries, words, 0, &end, CLOCK_MONOTONIC)));
  printf(", %s\n", reached(CLOCK_MONOTONIC, end) ? "not early" : "early");
  end = after_ms(CLOCK_REALTIME, 25);
  printf("realtime: %s", answer(waitv(entries, words, 0, &end, CLOCK_REALTIME)));
  printf(", %s\n", reached(CLOCK_REALTIME, end) ? "not early" : "early");
  printf("no words: %s\n", answer(waitv(entries, 0, 0, NULL, CLOCK_MONOTONIC)));
  printf("too many: %s\n", answer(waitv(entries, 129, 0, NULL, CLOCK_MONOTONIC)));
  printf("bad flags: %s\n", answer(waitv(entries, words, 1, NULL, CLOCK_MONOTONIC)));
  entries[2].flags = 0;
  printf("bad size: %s\n", answer(waitv(entries, words, 0, NULL, CLOCK_MONOTONIC)));
  printf("bad address: %s\n", answer(waitv((struct entry*)8, words, 0, NULL, CLOCK_MONOTONIC)));
  return 0;
}
