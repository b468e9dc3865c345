// Dining philosophers with ordered forks: all eat, nobody starves or meets another with the same fork.
#include "program.h"

#include <sched.h>

enum { count = 15, meals = 40 };

static pthread_mutex_t forks[count];
static int holder[count];

static void* dine(void* argument) {
  int own = (int)as_number(argument), other = (own + 1) % count;
  int first = own < other ? own : other, second = own < other ? other : own;
  long clashes = 0;
  for (int i = 0; i < meals; i++) {
    pthread_mutex_lock(&forks[first]);
    sched_yield();
    pthread_mutex_lock(&forks[second]);
    clashes += holder[first] != 0 || holder[second] != 0;
    holder[first] = holder[second] = own + 1;
    pause_ms(i % 20 == own);
    clashes += holder[first] != own + 1 || holder[second] != own + 1;
    holder[first] = holder[second] = 0;
    pthread_mutex_unlock(&forks[second]);
    pthread_mutex_unlock(&forks[first]);
  }
  return as_pointer(clashes);
}

int main(void) {
  pthread_t threads[count];
  for (int i = 0; i < count; i++)
    pthread_mutex_init(&forks[i], NULL);
  for (long i = 0; i < count; i++)
    threads[i] = start(dine, as_pointer(i));
  for (int i = 0; i < count; i++)
    printf("philosopher %d: %ld clashes in %d meals\n", i, as_number(join(threads[i])), meals);
  return 0;
}
