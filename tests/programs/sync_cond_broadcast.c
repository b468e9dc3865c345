// pthread_cond_broadcast(3) wakes all, generation after generation, with and without the mutex held.
#include "program.h"

enum { count = 200, generations = 10 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t next = PTHREAD_COND_INITIALIZER, all_there = PTHREAD_COND_INITIALIZER;
static int generation, there;

static void* follow(void* argument) {
  long passed = 0;
  (void)argument;
  pthread_mutex_lock(&mutex);
  for (int own = 0; own < generations; own++) {
    if (++there == count)
      pthread_cond_signal(&all_there);
    while (generation == own)
      pthread_cond_wait(&next, &mutex);
    passed += generation == own + 1;
  }
  pthread_mutex_unlock(&mutex);
  return as_pointer(passed);
}

int main(void) {
  pthread_t threads[count];
  for (int i = 0; i < count; i++)
    threads[i] = start(follow, NULL);
  for (int i = 0; i < generations; i++) {
    pthread_mutex_lock(&mutex);
    while (there < count)
      pthread_cond_wait(&all_there, &mutex);
    there = 0;
    generation++;
    if (i % 2 == 0)
      pthread_cond_broadcast(&next);
    pthread_mutex_unlock(&mutex);
    if (i % 2 != 0)
      pthread_cond_broadcast(&next);
  }
  long passed = 0;
  for (int i = 0; i < count; i++)
    passed += as_number(join(threads[i]));
  printf("passed %ld of %d\n", passed, count * generations);
  return 0;
}
