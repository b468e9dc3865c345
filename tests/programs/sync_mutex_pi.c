// Priority-inheriting mutexes: trylock, deadlock, timeout, foreign unlock, waiters, condition.
// PTHREAD_PRIO_INHERIT.
#include "program.h"

static pthread_mutex_t mutex;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int waiting, released, woken;

static void* attempt(void* argument) {
  (void)argument;
  printf("another: trylock %s", error_name(pthread_mutex_trylock(&mutex)));
  struct timespec deadline = after_ms(CLOCK_REALTIME, 30);
  int error = pthread_mutex_timedlock(&mutex, &deadline);
  printf(", timedlock %s, %s", error_name(error), reached(CLOCK_REALTIME, deadline) ? "not early" : "early");
  printf(", unlock %s\n", error_name(pthread_mutex_unlock(&mutex)));
  return NULL;
}

static void* wait_for_release(void* argument) {
  pthread_mutex_lock(&mutex);
  waiting++;
  while (!released)
    pthread_cond_wait(&condition, &mutex);
  woken++;
  pthread_mutex_unlock(&mutex);
  return argument;
}

int main(void) {
  pthread_mutexattr_t attributes;
  pthread_t threads[30];
  int there = 0;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
  require(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT), "pthread_mutexattr_setprotocol");
  require(pthread_mutex_init(&mutex, &attributes), "pthread_mutex_init");
  printf("lock %s\n", error_name(pthread_mutex_lock(&mutex)));
  printf("relock %s\n", error_name(pthread_mutex_lock(&mutex)));
  join(start(attempt, NULL));

  for (int i = 0; i < 30; i++)  // these block on the mutex first, on the condition then
    threads[i] = start(wait_for_release, NULL);
  pause_ms(10);
  printf("unlock %s\n", error_name(pthread_mutex_unlock(&mutex)));
  while (there < 30) {
    pthread_mutex_lock(&mutex);
    there = waiting;
    pthread_mutex_unlock(&mutex);
    pause_ms(1);
  }
  pthread_mutex_lock(&mutex);
  released = 1;
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < 30; i++)
    join(threads[i]);
  printf("woken %d, unlock when free %s\n", woken, error_name(pthread_mutex_unlock(&mutex)));
  printf("destroy %s\n", error_name(pthread_mutex_destroy(&mutex)));
  return 0;
}
