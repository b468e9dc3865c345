// Timed condition waits end at the deadline, not before, on the clock chosen, with the mutex held.
// pthread_cond_timedwait(3).
#include "program.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t plain = PTHREAD_COND_INITIALIZER, monotonic;
static int ready;

static void* try_mutex(void* argument) {
  (void)argument;
  int error = pthread_mutex_trylock(&mutex);
  if (error == 0)
    pthread_mutex_unlock(&mutex);
  return as_pointer(error);
}

static void report(const char* what, int error, clockid_t clock, struct timespec deadline) {
  printf("%s: %s, %s, another's trylock %s\n", what, error_name(error),
         reached(clock, deadline) ? "not early" : "early",
         error_name((int)as_number(join(start(try_mutex, NULL)))));
}

static void* signal_both(void* argument) {
  pause_ms(10);
  pthread_mutex_lock(&mutex);
  ready = 1;
  pthread_cond_signal(&plain);
  pthread_cond_signal(&monotonic);
  pthread_mutex_unlock(&mutex);
  return argument;
}

static int wait_ready(pthread_cond_t* condition, clockid_t clock) {
  struct timespec deadline = after_ms(clock, 20000);
  int error = 0;
  ready = 0;
  pthread_t thread = start(signal_both, NULL);
  while (!ready && error == 0)
    error = pthread_cond_timedwait(condition, &mutex, &deadline);
  pthread_mutex_unlock(&mutex);
  join(thread);
  pthread_mutex_lock(&mutex);
  return error;
}

int main(void) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  require(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC), "pthread_condattr_setclock");
  printf("bad clock: %s\n", error_name(pthread_condattr_setclock(&attributes, CLOCK_PROCESS_CPUTIME_ID)));
  require(pthread_cond_init(&monotonic, &attributes), "pthread_cond_init");
  pthread_mutex_lock(&mutex);

  struct timespec deadline = after_ms(CLOCK_REALTIME, 40);
  report("timedwait, realtime", pthread_cond_timedwait(&plain, &mutex, &deadline), CLOCK_REALTIME, deadline);
  deadline = after_ms(CLOCK_MONOTONIC, 40);
  report("timedwait, monotonic", pthread_cond_timedwait(&monotonic, &mutex, &deadline), CLOCK_MONOTONIC,
         deadline);
  deadline = after_ms(CLOCK_MONOTONIC, 40);
  report("clockwait, monotonic", pthread_cond_clockwait(&plain, &mutex, CLOCK_MONOTONIC, &deadline),
         CLOCK_MONOTONIC, deadline);
  deadline = after_ms(CLOCK_REALTIME, 40);
  report("clockwait, realtime", pthread_cond_clockwait(&monotonic, &mutex, CLOCK_REALTIME, &deadline),
         CLOCK_REALTIME, deadline);
  deadline = after_ms(CLOCK_REALTIME, -50);
  report("timedwait, past", pthread_cond_timedwait(&plain, &mutex, &deadline), CLOCK_REALTIME, deadline);
  deadline.tv_nsec = 1000000000;
  printf("bad time: %s\n", error_name(pthread_cond_timedwait(&plain, &mutex, &deadline)));
  printf("signalled in time, realtime: %s\n", error_name(wait_ready(&plain, CLOCK_REALTIME)));
  printf("signalled in time, monotonic: %s\n", error_name(wait_ready(&monotonic, CLOCK_MONOTONIC)));
  return 0;
}
