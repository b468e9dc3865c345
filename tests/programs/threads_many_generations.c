// Waves of threads, each wave detached and unjoined at its end, reuse stacks: results stay right.
// pthread_detach(3).
#include "program.h"

enum { waves = 50, width = 60 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static int running;
static long sum;
static __thread long own;

static void* body(void* argument) {
  long stale = own;  // a reused stack must come with fresh thread-local storage
  char block[8192];
  memset(block, (int)as_number(argument), sizeof block);
  own = as_number(argument);
  if (own % 7 == 0)
    pause_ms(1);
  pthread_mutex_lock(&mutex);
  sum += own + stale * 1000000 + (block[4000] != (char)own);
  if (--running == 0)
    pthread_cond_signal(&done);
  pthread_mutex_unlock(&mutex);
  return NULL;
}

int main(void) {
  for (int wave = 0; wave < waves; wave++) {
    pthread_mutex_lock(&mutex);
    running = width;
    pthread_mutex_unlock(&mutex);
    for (long i = 0; i < width; i++)
      pthread_detach(start(body, as_pointer(i)));
    pthread_mutex_lock(&mutex);
    while (running > 0)
      pthread_cond_wait(&done, &mutex);
    pthread_mutex_unlock(&mutex);
  }
  printf("sum %ld\n", sum);
  return 0;
}
