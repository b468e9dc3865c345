#include "workers.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { workers = 3 };
enum state { idle, asked, answered, over };

static pthread_t threads[workers];
static _Atomic enum state states[workers];
static long squares[workers];

static void* body(void* argument) {
  const long own = (long)argument;
  for (enum state state; (state = atomic_load(&states[own])) != over;) {
    if (state == asked) {
      squares[own] = (own + 1) * (own + 1);
      atomic_store(&states[own], answered);
    }
    sched_yield();
  }
  return argument;
}

typedef int creates(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

// Past whoever else defines pthread_create, for a library that is to make them unseen.
static creates* creator(void) {
  creates* found = pthread_create;
#ifdef UNSEEN
  *(void**)&found = dlsym(dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD), "pthread_create");
#endif
  return found;
}

__attribute__((constructor)) static void begin(void) {
  for (long i = 0; i < workers; i++)
    if (creator()(&threads[i], NULL, body, (void*)i) != 0)
      __builtin_trap();
}

long workers_sum(void) {
  long sum = 0;
  for (int i = 0; i < workers; i++)
    atomic_store(&states[i], asked);
  for (int i = 0; i < workers; i++) {
    while (atomic_load(&states[i]) != answered)
      sched_yield();
    sum += squares[i];
  }
  return sum;
}

int workers_end(void) {
  int ended = 0;
  for (long i = 0; i < workers; i++) {
    void* result = NULL;
    atomic_store(&states[i], over);
    ended += pthread_join(threads[i], &result) == 0 && result == (void*)i;
  }
  return ended;
}
