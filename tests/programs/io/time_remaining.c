// A signal ends nanosleep() with EINTR and the time left; the absolute form stores nothing. nanosleep(2)
#include "check.h"

enum { asked_ms = 100000 };

static sem_t ready;
static volatile int done;

static void handler(int signal) { (void)signal; }

// Rounded down to `unit_ms`: no less than was asked less what has passed, and less than was asked.
static const char *judge(long left, long from, long unit_ms) {
  long least = asked_ms - (now_ms() - from) - unit_ms;
  return left >= least && left < asked_ms ? "what was left" : "odd";
}

static void *relative(void *unused) {
  (void)unused;
  struct timespec t = {asked_ms / 1000, 0}, left = {0, 0};
  long from = now_ms();
  sem_post(&ready);
  struct outcome o = seen(nanosleep(&t, &left));
  done = 1;
  tell("nanosleep", o);
  printf("left: %s\n", judge(left.tv_sec * 1000 + left.tv_nsec / 1000000, from, 1));
  return NULL;
}

static void *absolute(void *unused) {
  (void)unused;
  struct timespec t, left = {77, 77};
  clock_gettime(CLOCK_MONOTONIC, &t);
  t.tv_sec += asked_ms / 1000;
  sem_post(&ready);
  int error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, &left);
  done = 1;
  printf("clock_nanosleep: %s\n", strerrorname_np(error));
  printf("left: %ld %ld\n", (long)left.tv_sec, left.tv_nsec);
  return NULL;
}

static void *in_sleep(void *unused) {
  (void)unused;
  long from = now_ms();
  sem_post(&ready);
  unsigned left = sleep(asked_ms / 1000);
  done = 1;
  printf("sleep: %s\n", judge(left * 1000L, from, 1000));
  return NULL;
}

int main(void) {
  void *(*const runs[])(void *) = {relative, absolute, in_sleep};
  struct sigaction action = {.sa_handler = handler};
  sigaction(SIGUSR1, &action, NULL);
  for (int i = 0; i < 3; ++i) {
    done = 0;
    pthread_t thread = start(runs[i], NULL);
    sem_wait(&ready);
    nap(150);
    // Again, should the first have come before it slept.
    for (; !done; nap(20)) pthread_kill(thread, SIGUSR1);
    finish(thread);
  }
  return 0;
}
