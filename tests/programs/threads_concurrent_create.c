// Fifty threads create, join and detach others all at once: none is lost, none runs twice. pthread_create(3).
#include "program.h"

#include <semaphore.h>

enum { creators = 50, each = 100 };

static unsigned char ran[creators * each];
static sem_t detached_done;

static void* leaf(void* argument) {
  ran[as_number(argument)]++;
  if (as_number(argument) % 3 == 0)
    sem_post(&detached_done);  // these are detached
  return argument;
}

static void* create(void* argument) {
  long base = as_number(argument) * each, wrong = 0;
  for (long i = base; i < base + each; i++) {
    pthread_t thread = start(leaf, as_pointer(i));
    if (i % 3 == 0)
      require(pthread_detach(thread), "pthread_detach");
    else
      wrong += as_number(join(thread)) != i;
  }
  return as_pointer(wrong);
}

int main(void) {
  pthread_t threads[creators];
  sem_init(&detached_done, 0, 0);
  for (long i = 0; i < creators; i++)
    threads[i] = start(create, as_pointer(i));
  long wrong = 0, once = 0;
  for (int i = 0; i < creators; i++)
    wrong += as_number(join(threads[i]));
  for (int i = 0; i < creators * each; i++)
    if (i % 3 == 0)
      sem_wait(&detached_done);
  for (int i = 0; i < creators * each; i++)
    once += ran[i] == 1;
  printf("wrong results %ld, ran once %ld of %d\n", wrong, once, creators * each);
  return 0;
}
