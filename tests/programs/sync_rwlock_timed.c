// Timed and clock-chosen rwlock waits: ETIMEDOUT at the deadline, success in time.
// pthread_rwlock_timedwrlock(3).
#include "program.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

typedef int (*timed_lock)(pthread_rwlock_t*, clockid_t, const struct timespec*);

static void* release_later(void* argument) {
  pthread_rwlock_wrlock(&lock);
  pthread_barrier_wait(argument);
  pthread_barrier_wait(argument);
  pause_ms(10);
  pthread_rwlock_unlock(&lock);
  return NULL;
}

static void* attempt(void* argument) {
  timed_lock* locks = argument;
  const char* names[] = {"read", "write"};
  for (int i = 0; i < 2; i++) {
    for (int monotonic = 0; monotonic < 2; monotonic++) {
      clockid_t clock = monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME;
      struct timespec deadline = after_ms(clock, 25);
      int error = locks[i](&lock, clock, &deadline);
      printf("  %s, %s: %s", names[i], monotonic ? "monotonic" : "realtime", error_name(error));
      printf(", %s\n", error == 0 ? "got it" : reached(clock, deadline) ? "not early" : "early");
      if (error == 0)
        pthread_rwlock_unlock(&lock);
    }
  }
  return NULL;
}

int main(void) {
  timed_lock locks[] = {pthread_rwlock_clockrdlock, pthread_rwlock_clockwrlock};
  struct timespec deadline;
  pthread_rwlock_rdlock(&lock);
  puts("held by a reader:");
  join(start(attempt, locks));
  pthread_rwlock_unlock(&lock);
  pthread_rwlock_wrlock(&lock);
  puts("held by a writer:");
  join(start(attempt, locks));
  deadline = after_ms(CLOCK_REALTIME, 1000);
  printf("timedrdlock of the own write lock: %s\n", error_name(pthread_rwlock_timedrdlock(&lock, &deadline)));
  pthread_rwlock_unlock(&lock);

  pthread_barrier_t held;
  pthread_barrier_init(&held, NULL, 2);
  pthread_t thread = start(release_later, &held);
  pthread_barrier_wait(&held);
  deadline = after_ms(CLOCK_REALTIME, -1);
  printf("past: %s\n", error_name(pthread_rwlock_timedwrlock(&lock, &deadline)));
  pthread_barrier_wait(&held);
  deadline = after_ms(CLOCK_REALTIME, 20000);
  printf("released in time: %s\n", error_name(pthread_rwlock_timedwrlock(&lock, &deadline)));
  pthread_rwlock_unlock(&lock);
  join(thread);
  return 0;
}
