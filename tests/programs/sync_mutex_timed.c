// pthread_mutex_timedlock(3), pthread_mutex_clocklock: ETIMEDOUT at the deadline and not before, on
// both clocks.
#include "program.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t held;

static void* hold(void* ms) {
  pthread_mutex_lock(&mutex);
  pthread_barrier_wait(&held);
  pthread_barrier_wait(&held);
  pause_ms(as_number(ms));
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static void attempt(clockid_t clock, const char* name, long ms) {
  struct timespec deadline = after_ms(clock, ms);
  int error = pthread_mutex_clocklock(&mutex, clock, &deadline);
  printf("%s, %ld ms: %s, %s\n", name, ms, error_name(error),
         reached(clock, deadline) ? "not early" : "before");
}

int main(void) {
  pthread_barrier_init(&held, NULL, 2);
  pthread_t holder = start(hold, as_pointer(20));
  pthread_barrier_wait(&held);
  attempt(CLOCK_REALTIME, "realtime", 40);
  attempt(CLOCK_MONOTONIC, "monotonic", 40);
  attempt(CLOCK_REALTIME, "realtime", -1000);
  attempt(CLOCK_MONOTONIC, "monotonic", 0);
  struct timespec deadline = after_ms(CLOCK_REALTIME, 30);
  printf("timedlock: %s\n", error_name(pthread_mutex_timedlock(&mutex, &deadline)));
  deadline.tv_nsec = -1;
  printf("bad time: %s\n", error_name(pthread_mutex_timedlock(&mutex, &deadline)));
  deadline = (struct timespec){-5, 0};
  printf("before 1970: %s\n", error_name(pthread_mutex_timedlock(&mutex, &deadline)));
  printf("bad clock: %s\n", error_name(pthread_mutex_clocklock(&mutex, CLOCK_BOOTTIME, &deadline)));
  pthread_barrier_wait(&held);
  attempt(CLOCK_MONOTONIC, "monotonic, released in time", 20000);
  pthread_mutex_unlock(&mutex);
  join(holder);
  return 0;
}
