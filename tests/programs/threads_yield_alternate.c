// Threads that wait for each other by sched_yield(2) alone make progress, two at a time and twenty.
#include "program.h"

#include <sched.h>
#include <stdatomic.h>

enum { rounds = 1000, ring = 20, laps = 20 };

static atomic_int turn, token;

static void* alternate(void* argument) {
  int own = (int)as_number(argument);
  for (int i = 0; i < rounds; i++) {
    while (atomic_load(&turn) != own)
      sched_yield();
    atomic_store(&turn, 1 - own);
  }
  return as_pointer(rounds);
}

static void* pass(void* argument) {
  int own = (int)as_number(argument);
  for (int i = 0; i < laps; i++) {
    while (atomic_load(&token) % ring != own)
      sched_yield();
    atomic_fetch_add(&token, 1);
  }
  return NULL;
}

int main(void) {
  pthread_t first = start(alternate, as_pointer(0)), second = start(alternate, as_pointer(1));
  long sum = as_number(join(first)) + as_number(join(second));
  printf("rounds %ld\n", sum);
  pthread_t threads[ring];
  for (long i = 0; i < ring; i++)
    threads[i] = start(pass, as_pointer(i));
  for (int i = 0; i < ring; i++)
    join(threads[i]);
  printf("token %d, yield returns %d\n", atomic_load(&token), sched_yield());
  return 0;
}
