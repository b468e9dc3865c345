// Two threads that want each other's mutex, and a third that waits for them: for ever.
#include <pthread.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both_have_one;

static void *take_first_then_second(void *nothing) {
  pthread_mutex_lock(&first);
  pthread_barrier_wait(&both_have_one);
  pthread_mutex_lock(&second);
  return nothing;
}

static void *take_second_then_first(void *nothing) {
  pthread_mutex_lock(&second);
  pthread_barrier_wait(&both_have_one);
  pthread_mutex_lock(&first);
  return nothing;
}

int main(void) {
  pthread_t one, other;
  pthread_barrier_init(&both_have_one, NULL, 2);
  pthread_create(&one, NULL, take_first_then_second, NULL);
  pthread_create(&other, NULL, take_second_then_first, NULL);
  pthread_join(one, NULL);
  pthread_join(other, NULL);
  return 0;
}
