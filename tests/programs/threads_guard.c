// Below a thread's stack lies a guard of the size asked for, which nobody can use.
// pthread_attr_setguardsize(3).
#include "memory.h"

static void* probe(void* argument) {
  // With glibc the guard lies inside the size asked for, and outside what getattr reports.
  struct stack_bounds own = own_stack();
  printf("guard %zu: lowest byte %s, below it %s, guard's lowest byte %s\n", own.guard, readable(own.low),
         readable(own.low - 1), readable(own.low - own.guard));
  return argument;
}

int main(void) {
  size_t sizes[] = {4096, 16384, 100000};
  for (int i = 0; i < 3; i++) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setguardsize(&attributes, sizes[i]);
    pthread_t thread;
    require(pthread_create(&thread, &attributes, probe, NULL), "pthread_create");
    join(thread);
    pthread_attr_destroy(&attributes);
  }
  return 0;
}
