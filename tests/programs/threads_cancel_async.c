// Asynchronous cancellation ends a thread that only computes. pthread_setcanceltype(3).
#include "program.h"

#include <semaphore.h>

static sem_t started;
static volatile unsigned long counter;

static void say(void* text) {
  (void)text;
  static const char message[] = "cleanup\n";
  if (write(1, message, sizeof message - 1) < 0)
    _exit(3);
}

static void* compute(void* argument) {
  int old;
  pthread_cleanup_push(say, argument);
  sem_post(&started);
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
  for (;;)
    counter++;
  pthread_cleanup_pop(0);
  return argument;
}

int main(void) {
  sem_init(&started, 0, 0);
  pthread_t thread = start(compute, NULL);
  sem_wait(&started);
  while (counter < 1000)
    pause_ms(1);
  require(pthread_cancel(thread), "pthread_cancel");
  printf("%s\n", join(thread) == PTHREAD_CANCELED ? "PTHREAD_CANCELED" : "ended otherwise");
  return 0;
}
