// 20000 threads alive at once, all blocked on one condition, then all woken. pthread_create(3).
#include "program.h"

enum { count = 20000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int alive, open;

static void* body(void* argument) {
  pthread_mutex_lock(&mutex);
  if (++alive == count)
    pthread_cond_broadcast(&changed);
  while (!open)
    pthread_cond_wait(&changed, &mutex);
  alive--;
  pthread_mutex_unlock(&mutex);
  return argument;
}

int main(void) {
  static pthread_t threads[count];
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 << 10);
  for (long i = 0; i < count; i++) {
    int error = pthread_create(&threads[i], &attributes, body, as_pointer(i));
    if (error == EAGAIN) {
      fprintf(stderr, "this machine allows only %ld threads\n", i);
      return program_skips;
    }
    require(error, "pthread_create");
  }
  pthread_mutex_lock(&mutex);
  while (alive < count)
    pthread_cond_wait(&changed, &mutex);
  printf("alive %d\n", alive);
  open = 1;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
  long sum = 0;
  for (int i = 0; i < count; i++)
    sum += as_number(join(threads[i]));
  printf("alive %d, sum %ld\n", alive, sum);
  pthread_attr_destroy(&attributes);
  return 0;
}
