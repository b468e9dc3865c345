// Timers that call back in a thread of libc's own (SIGEV_THREAD): one-shot, periodic, deleted.
// timer_create(2).
#include "program.h"

#include <semaphore.h>
#include <signal.h>

static sem_t fired;
static long last_value;
static pthread_t main_thread;
static int in_main;

static void callback(union sigval value) {
  last_value = value.sival_int;
  in_main += pthread_equal(pthread_self(), main_thread) != 0;
  pause_ms(1);
  sem_post(&fired);
}

static int wait_fired(long seconds) {
  struct timespec deadline = after_ms(CLOCK_REALTIME, seconds * 1000);
  int result;
  while ((result = sem_timedwait(&fired, &deadline)) == -1 && errno == EINTR) {
  }
  return result == 0;
}

int main(void) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_value.sival_int = 42};
  event.sigev_notify_function = callback;
  main_thread = pthread_self();
  sem_init(&fired, 0, 0);
  require(timer_create(CLOCK_MONOTONIC, &event, &timer), "timer_create");

  struct timespec earliest = after_ms(CLOCK_MONOTONIC, 20);
  struct itimerspec once = {.it_value = {0, 20000000}};
  require(timer_settime(timer, 0, &once, NULL), "timer_settime");
  int got = wait_fired(10);
  printf("one-shot: fired %d, value %ld, %s\n", got, last_value,
         reached(CLOCK_MONOTONIC, earliest) ? "not early" : "early");

  struct itimerspec periodic = {.it_value = {0, 5000000}, .it_interval = {0, 5000000}};
  require(timer_settime(timer, 0, &periodic, NULL), "timer_settime");
  int times = 0;
  while (times < 5 && wait_fired(10))
    times++;
  printf("periodic: at least %d, in main %d\n", times, in_main);
  printf("delete: %s\n", outcome(timer_delete(timer)));
  return 0;
}
