// Every thread has its own pthread_self(3) and gettid(2), which stay the same when it blocks;
// getpid(2) is shared.
#include "program.h"

#include <sys/syscall.h>

enum { count = 100 };

static pthread_barrier_t all_there;
static pid_t tids[count];
static pthread_t selves[count];

static void* body(void* argument) {
  long i = as_number(argument), wrong = 0;
  tids[i] = gettid();
  selves[i] = pthread_self();
  for (int round = 0; round < 5; round++) {
    pthread_barrier_wait(&all_there);
    pause_ms(i % 3);
    wrong += gettid() != tids[i];
    wrong += syscall(SYS_gettid) != tids[i];
    wrong += !pthread_equal(pthread_self(), selves[i]);
    wrong += getpid() == tids[i];
  }
  return as_pointer(wrong);
}

int main(void) {
  pthread_t threads[count];
  pthread_barrier_init(&all_there, NULL, count);
  for (long i = 0; i < count; i++)
    threads[i] = start(body, as_pointer(i));
  long wrong = 0, unlike_announced = 0, equal_pairs = 0;
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  for (int i = 0; i < count; i++) {
    unlike_announced += !pthread_equal(threads[i], selves[i]);
    for (int j = 0; j < i; j++)
      equal_pairs += tids[i] == tids[j] || pthread_equal(selves[i], selves[j]);
  }
  printf("wrong %ld, unlike announced %ld, equal pairs %ld\n", wrong, unlike_announced, equal_pairs);
  printf("main: gettid is getpid %d, tids positive %d\n", gettid() == getpid(), tids[0] > 0);
  return 0;
}
