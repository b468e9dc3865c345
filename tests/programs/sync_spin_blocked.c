// A thread that blocks while it holds a spin lock comes back though others spin for it. pthread_spin_lock(3).
#include "program.h"

enum { count = 8, rounds = 2000 };

static pthread_spinlock_t lock;
static long value;

static void* add(void* argument) {
  for (int i = 0; i < rounds; i++) {
    pthread_spin_lock(&lock);
    value++;
    pthread_spin_unlock(&lock);
  }
  return argument;
}

static void* hold_and_block(void* argument) {
  for (int i = 0; i < 5; i++) {
    pthread_spin_lock(&lock);
    long seen = value;
    pause_ms(1);
    value = seen + 1;
    pthread_spin_unlock(&lock);
    pause_ms(1);
  }
  return argument;
}

int main(void) {
  pthread_t threads[count], blocker;
  pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
  for (int i = 0; i < count; i++)
    threads[i] = start(add, NULL);
  blocker = start(hold_and_block, NULL);
  for (int i = 0; i < count; i++)
    join(threads[i]);
  join(blocker);
  printf("value %ld\n", value);
  return 0;
}
