// A thousand threads queue for one mutex whose holder blocks: all get through, one after another.
#include "program.h"

enum { count = 1000, rounds = 5 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long passed;

static void* body(void* argument) {
  for (int i = 0; i < rounds; i++) {
    pthread_mutex_lock(&mutex);
    long seen = passed;
    if (seen % 500 == 0)
      pause_ms(1);
    passed = seen + 1;
    pthread_mutex_unlock(&mutex);
  }
  return argument;
}

int main(void) {
  static pthread_t threads[count];
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < count; i++)
    threads[i] = start(body, NULL);
  pause_ms(20);  // let them queue
  printf("before: %ld\n", passed);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < count; i++)
    join(threads[i]);
  printf("after: %ld\n", passed);
  return 0;
}
