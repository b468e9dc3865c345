// Robust mutexes: the owner's end gives EOWNERDEAD; consistent or ENOTRECOVERABLE after.
// pthread_mutex_consistent(3).
#include "program.h"

static pthread_mutex_t mutex;
static pthread_barrier_t locked;

static void* lock_and_die(void* argument) {
  int error = pthread_mutex_lock(&mutex);
  if (argument != NULL)
    pthread_barrier_wait(argument);
  pause_ms(argument != NULL ? 10 : 0);
  pthread_exit(as_pointer(error));
}

static void* lock(void* argument) {
  (void)argument;
  int error = pthread_mutex_lock(&mutex);
  if (error == EOWNERDEAD)
    pthread_mutex_consistent(&mutex);
  if (error == 0 || error == EOWNERDEAD)
    pthread_mutex_unlock(&mutex);
  return as_pointer(error);
}

static void make(int protocol) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setprotocol(&attributes, protocol);
  require(pthread_mutex_init(&mutex, &attributes), "pthread_mutex_init");
}

static void run(const char* name, int protocol) {
  make(protocol);
  printf("%s: first owner %s", name, error_name((int)as_number(join(start(lock_and_die, NULL)))));
  printf(", trylock %s", error_name(pthread_mutex_trylock(&mutex)));
  printf(", consistent %s", error_name(pthread_mutex_consistent(&mutex)));
  printf(", unlock %s", error_name(pthread_mutex_unlock(&mutex)));
  printf(", relock %s\n", error_name(pthread_mutex_lock(&mutex)));
  pthread_mutex_unlock(&mutex);

  // The owner dies while five wait: one is told, all get through.
  pthread_t waiters[5];
  pthread_t owner = start(lock_and_die, &locked);
  pthread_barrier_wait(&locked);
  for (int i = 0; i < 5; i++)
    waiters[i] = start(lock, NULL);
  join(owner);
  int told = 0, fine = 0;
  for (int i = 0; i < 5; i++) {
    long error = as_number(join(waiters[i]));
    told += error == EOWNERDEAD;
    fine += error == 0;
  }
  printf("%s: waiters told %d, fine %d\n", name, told, fine);

  join(start(lock_and_die, NULL));
  printf("%s: lock %s", name, error_name(pthread_mutex_lock(&mutex)));
  printf(", unlock unrepaired %s", error_name(pthread_mutex_unlock(&mutex)));
  printf(", lock %s", error_name(pthread_mutex_lock(&mutex)));
  printf(", another's %s", error_name((int)as_number(join(start(lock, NULL)))));
  printf(", destroy %s\n", error_name(pthread_mutex_destroy(&mutex)));
}

int main(void) {
  pthread_barrier_init(&locked, NULL, 2);
  run("plain", PTHREAD_PRIO_NONE);
  run("priority-inheriting", PTHREAD_PRIO_INHERIT);
  return 0;
}
