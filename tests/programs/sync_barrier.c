// pthread_barrier_wait(3): nobody passes before all are there, one of them is told it is serial,
// round after round.
#include "program.h"

#include <stdatomic.h>

enum { count = 60, rounds = 30 };

static pthread_barrier_t barrier;
static atomic_int arrived[rounds], serial;

static void* body(void* argument) {
  long early = 0, own = as_number(argument);
  for (int i = 0; i < rounds; i++) {
    if (own == i)
      pause_ms(1);  // someone is always late
    atomic_fetch_add(&arrived[i], 1);
    int result = pthread_barrier_wait(&barrier);
    early += atomic_load(&arrived[i]) != count;
    if (result == PTHREAD_BARRIER_SERIAL_THREAD)
      atomic_fetch_add(&serial, 1);
    else
      early += result != 0;
  }
  return as_pointer(early);
}

int main(void) {
  pthread_t threads[count];
  printf("a barrier for nobody: %s\n", error_name(pthread_barrier_init(&barrier, NULL, 0)));
  pthread_barrier_init(&barrier, NULL, 1);
  printf("a barrier for one: serial %d\n", pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD);
  pthread_barrier_destroy(&barrier);
  pthread_barrier_init(&barrier, NULL, count);
  for (long i = 0; i < count; i++)
    threads[i] = start(body, as_pointer(i));
  long early = 0;
  for (int i = 0; i < count; i++)
    early += as_number(join(threads[i]));
  printf("early %ld, serial %d in %d rounds, destroy %s\n", early, atomic_load(&serial), rounds,
         error_name(pthread_barrier_destroy(&barrier)));
  return 0;
}
