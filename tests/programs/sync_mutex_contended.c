// A hundred threads count under mutexes of every type and block while they hold them: no update is lost.
#include "program.h"

#include <sched.h>

enum { count = 100, rounds = 50 };

struct shared {
  pthread_mutex_t mutex;
  long value;
  int holders, overlaps;
};

static void* add(void* argument) {
  struct shared* shared = argument;
  for (int i = 0; i < rounds; i++) {
    pthread_mutex_lock(&shared->mutex);
    long seen = shared->value;
    shared->overlaps += shared->holders++ != 0;
    if (i % 10 == 0)
      sched_yield();
    if (i == 25)
      pause_ms(1);
    shared->holders--;
    shared->value = seen + 1;
    pthread_mutex_unlock(&shared->mutex);
  }
  return NULL;
}

static void run(const char* name, int type, int protocol) {
  static struct shared shared;
  pthread_t threads[count];
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, type);
  require(pthread_mutexattr_setprotocol(&attributes, protocol), "pthread_mutexattr_setprotocol");
  require(pthread_mutex_init(&shared.mutex, &attributes), "pthread_mutex_init");
  shared.value = shared.overlaps = 0;
  for (int i = 0; i < count; i++)
    threads[i] = start(add, &shared);
  for (int i = 0; i < count; i++)
    join(threads[i]);
  printf("%s: %ld, overlaps %d\n", name, shared.value, shared.overlaps);
  require(pthread_mutex_destroy(&shared.mutex), "pthread_mutex_destroy");
}

int main(void) {
  run("normal", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE);
  run("recursive", PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE);
  run("errorcheck", PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE);
  run("adaptive", PTHREAD_MUTEX_ADAPTIVE_NP, PTHREAD_PRIO_NONE);
  run("priority-inheriting", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT);
  return 0;
}
