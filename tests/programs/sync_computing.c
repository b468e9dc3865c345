// Threads that compute for long between short waits: locks handed over, conditions with and without a time,
// signals and cancellation that come while they wait.
#include "program.h"

#include <signal.h>

enum { count = 3, turns = 60, computes_ms = 25 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn;
static int stopped;
static pthread_t waiter;
static volatile int handled;

static void compute(long us) {
  struct timespec end = after_ms(CLOCK_MONOTONIC, us / 1000);
  end.tv_nsec += us % 1000 * 1000;
  if (end.tv_nsec >= 1000000000) {
    end.tv_nsec -= 1000000000;
    end.tv_sec++;
  }
  while (!reached(CLOCK_MONOTONIC, end)) {
  }
}

// Each computes past any slice once, and a little at each of its turns.
static void* take_turns(void* argument) {
  const int own = (int)as_number(argument);
  compute(computes_ms * 1000);
  for (int i = 0; i < turns; i++) {
    pthread_mutex_lock(&lock);
    while (turn % count != own)
      pthread_cond_wait(&changed, &lock);
    turn++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    compute(200);
  }
  return argument;
}

// Waits that nobody ends before their time, one of them longer than a computing thread may sleep by itself.
static void* wait_in_vain(void* argument) {
  compute(computes_ms * 1000);
  int early = 0;
  for (long ms = 1; ms <= 256; ms *= 16) {
    const struct timespec time = after_ms(CLOCK_REALTIME, ms);
    pthread_mutex_lock(&lock);
    while (pthread_cond_timedwait(&changed, &lock, &time) != ETIMEDOUT) {
    }
    pthread_mutex_unlock(&lock);
    early += !reached(CLOCK_REALTIME, time);
    compute(1000);
  }
  printf("early %d\n", early);
  return argument;
}

static void on_signal(int signal) {
  handled += signal == SIGUSR1;
}

static void* wait_to_be_stopped(void* argument) {
  compute(computes_ms * 1000);
  pthread_mutex_lock(&lock);
  while (!stopped)
    pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
  return argument;
}

static void* signal_it(void* argument) {
  compute(2 * computes_ms * 1000);
  for (int i = 1; i <= 5; i++) {
    pthread_kill(waiter, SIGUSR1);
    while (handled < i)
      pause_ms(1);
  }
  return argument;
}

static void unlock(void* argument) {
  pthread_mutex_unlock(argument);
}

static void* wait_to_be_cancelled(void* argument) {
  compute(computes_ms * 1000);
  pthread_mutex_lock(&lock);
  pthread_cleanup_push(unlock, &lock);
  for (;;)
    pthread_cond_wait(&changed, &lock);
  pthread_cleanup_pop(1);
  return argument;
}

int main(void) {
  pthread_t threads[count];
  for (int i = 0; i < count; i++)
    threads[i] = start(take_turns, as_pointer(i));
  for (int i = 0; i < count; i++)
    join(threads[i]);
  printf("turns %d\n", turn);
  join(start(wait_in_vain, NULL));

  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGUSR1, &action, NULL);
  waiter = start(wait_to_be_stopped, NULL);
  join(start(signal_it, NULL));
  pthread_mutex_lock(&lock);
  stopped = 1;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
  join(waiter);
  printf("handled %d\n", handled);

  waiter = start(wait_to_be_cancelled, NULL);
  pause_ms(2 * computes_ms);
  pthread_cancel(waiter);
  printf("cancelled %d\n", join(waiter) == PTHREAD_CANCELED);
  return 0;
}
