// Spin locks held over short work by threads that also block elsewhere. pthread_spin_lock(3).
#include "program.h"

#include <sched.h>

enum { count = 8, rounds = 2000 };

static pthread_spinlock_t lock;
static long value;

static void* add(void* argument) {
  for (int i = 0; i < rounds; i++) {
    pthread_spin_lock(&lock);
    value++;
    pthread_spin_unlock(&lock);
    if (i % 100 == 0)
      sched_yield();
    if (i % 500 == 0)
      pause_ms(1);
  }
  return argument;
}

int main(void) {
  pthread_t threads[count];
  pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
  for (int i = 0; i < count; i++)
    threads[i] = start(add, NULL);
  for (int i = 0; i < count; i++)
    join(threads[i]);
  printf("value %ld\n", value);
  pthread_spin_lock(&lock);
  printf("trylock %s", error_name(pthread_spin_trylock(&lock)));
  pthread_spin_unlock(&lock);
  printf(", when free %s\n", error_name(pthread_spin_trylock(&lock)));
  return 0;
}
