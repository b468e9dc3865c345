// Threads create threads that create threads, each joining its own: a tree of 1,365. pthread_create(3).
#include "program.h"

enum { children = 4, depth = 5 };

static void* grow(void* argument) {
  long below = as_number(argument), sum = 1;
  pthread_t threads[children];
  if (below == 0)
    return as_pointer(1);
  for (int i = 0; i < children; i++)
    threads[i] = start(grow, as_pointer(below - 1));
  for (int i = 0; i < children; i++)
    sum += as_number(join(threads[i]));
  return as_pointer(sum);
}

static void* chain(void* argument) {
  long left = as_number(argument);
  return as_pointer(left == 0 ? 0 : 1 + as_number(join(start(chain, as_pointer(left - 1)))));
}

int main(void) {
  printf("tree %ld\n", as_number(grow(as_pointer(depth))));
  printf("chain %ld\n", as_number(join(start(chain, as_pointer(300)))));
  return 0;
}
