// A library that the program was linked with has made threads before main(), and they never sleep; the
// program makes more, and uses both.
#include "program.h"

#include "library/workers.h"

enum { count = 20 };

static void* body(void* argument) {
  pause_ms(1);
  return as_pointer(as_number(argument) + 1);
}

int main(void) {
  pthread_t threads[count];
  long sum = 0;
  for (long i = 0; i < count; i++)
    threads[i] = start(body, as_pointer(i));
  printf("squares %ld\n", workers_sum());
  for (int i = 0; i < count; i++)
    sum += as_number(join(threads[i]));
  printf("sum %ld\n", sum);
  printf("squares %ld\n", workers_sum());
  printf("ended %d\n", workers_end());
  return 0;
}
