// Returning from main ends the process with main's status, whatever the other threads wait for. exit(3).
#include "program.h"

#include <semaphore.h>

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static sem_t started;
static int silent_pipe[2];

static void* block(void* argument) {
  pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
  char byte;
  sem_post(&started);
  switch (as_number(argument) % 4) {
    case 0:
      pthread_mutex_lock(&held);
      break;
    case 1:
      pthread_mutex_lock(&own);
      pthread_cond_wait(&never, &own);
      break;
    case 2:
      pause_ms(1000000);
      break;
    default:
      if (read(silent_pipe[0], &byte, 1) != 0)
        break;
  }
  puts("never printed");
  return NULL;
}

static void at_exit(void) {
  puts("atexit ran");
}

int main(void) {
  sem_init(&started, 0, 0);
  require(pipe(silent_pipe), "pipe");
  atexit(at_exit);
  pthread_mutex_lock(&held);
  for (long i = 0; i < 40; i++)
    start(block, as_pointer(i));
  for (int i = 0; i < 40; i++)
    sem_wait(&started);
  puts("main returns");
  return 43;
}
