// A signal ends nanosleep() with EINTR and the time left; the absolute form stores nothing. nanosleep(2)
#include "check.h"

static sem_t ready;

static void handler(int signal) { (void)signal; }

static void *relative(void *unused) {
  (void)unused;
  struct timespec t = {5, 0}, left = {0, 0};
  sem_post(&ready);
  struct outcome o = seen(nanosleep(&t, &left));
  tell("nanosleep", o);
  printf("left: %s\n", left.tv_sec == 4 && left.tv_nsec > 0 ? "between 4 and 5 s" : "odd");
  return NULL;
}

static void *absolute(void *unused) {
  (void)unused;
  struct timespec t, left = {77, 77};
  clock_gettime(CLOCK_MONOTONIC, &t);
  t.tv_sec += 5;
  sem_post(&ready);
  int error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, &left);
  printf("clock_nanosleep: %s\n", strerrorname_np(error));
  printf("left: %ld %ld\n", (long)left.tv_sec, left.tv_nsec);
  return NULL;
}

static void *in_sleep(void *unused) {
  (void)unused;
  sem_post(&ready);
  printf("sleep: %u\n", sleep(5));
  return NULL;
}

int main(void) {
  void *(*const runs[])(void *) = {relative, absolute, in_sleep};
  struct sigaction action = {.sa_handler = handler};
  sigaction(SIGUSR1, &action, NULL);
  for (int i = 0; i < 3; ++i) {
    pthread_t thread = start(runs[i], NULL);
    sem_wait(&ready);
    nap(150);
    pthread_kill(thread, SIGUSR1);
    finish(thread);
  }
  return 0;
}
