// pthread_tryjoin_np(3), pthread_timedjoin_np(3), pthread_clockjoin_np: EBUSY, ETIMEDOUT, success;
// EDEADLK, EINVAL.
#include "program.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void* wait_for_gate(void* result) {
  pthread_mutex_lock(&gate);
  pthread_mutex_unlock(&gate);
  return result;
}

static void report(const char* what, int error, clockid_t clock, struct timespec deadline) {
  printf("%s: %s, %s\n", what, error_name(error),
         reached(clock, deadline) ? "not early" : "before the deadline");
}

int main(void) {
  pthread_mutex_lock(&gate);
  pthread_t thread = start(wait_for_gate, as_pointer(41));
  void* result = NULL;
  printf("tryjoin: %s\n", error_name(pthread_tryjoin_np(thread, &result)));

  struct timespec deadline = after_ms(CLOCK_REALTIME, 60);
  int error = pthread_timedjoin_np(thread, &result, &deadline);
  report("timedjoin", error, CLOCK_REALTIME, deadline);

  deadline = after_ms(CLOCK_MONOTONIC, 60);
  error = pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &deadline);
  report("clockjoin", error, CLOCK_MONOTONIC, deadline);

  deadline = after_ms(CLOCK_REALTIME, -1000);
  error = pthread_timedjoin_np(thread, &result, &deadline);
  report("timedjoin, past", error, CLOCK_REALTIME, deadline);

  deadline = after_ms(CLOCK_REALTIME, 1000);
  printf("clockjoin, bad clock: %s\n",
         error_name(pthread_clockjoin_np(thread, &result, CLOCK_PROCESS_CPUTIME_ID, &deadline)));
  printf("join of oneself: %s\n", error_name(pthread_join(pthread_self(), NULL)));

  pthread_mutex_unlock(&gate);
  deadline = after_ms(CLOCK_MONOTONIC, 20000);
  error = pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &deadline);
  report("clockjoin", error, CLOCK_MONOTONIC, deadline);
  printf("result %ld\n", as_number(result));
  return 0;
}
