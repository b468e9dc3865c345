// Threads that compute, pass a baton and sleep, so that several processors have work, until stdin ends. Every
// line read is answered, once each thread has gone round again: nothing was lost by then. Says how often all
// went round.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { threads = 32, work = 20000 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long rounds[threads];
static int ended;

static void compute(void) {
  for (volatile int i = 0; i < work; ++i) {}
}

static void* go_round(void* argument) {
  long* mine = argument;
  for (int stop = 0; !stop;) {
    compute();
    if (*mine % 16 == 0) usleep(100);
    pthread_mutex_lock(&mutex);
    ++*mine;
    pthread_cond_broadcast(&changed);
    stop = ended;
    pthread_mutex_unlock(&mutex);
  }
  return NULL;
}

static void wait_for_all_to_go_round(void) {
  long before[threads];
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < threads; ++i) before[i] = rounds[i];
  for (int i = 0; i < threads; ++i)
    while (rounds[i] < before[i] + 20) pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
}

int main(void) {
  pthread_t thread[threads];
  for (int i = 0; i < threads; ++i)
    if (pthread_create(&thread[i], NULL, go_round, &rounds[i]) != 0) return 1;
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (char line[64]; fgets(line, sizeof line, stdin);) {
    wait_for_all_to_go_round();
    printf("all went round: %s", line);
  }
  pthread_mutex_lock(&mutex);
  ended = 1;
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < threads; ++i) pthread_join(thread[i], NULL);
  return 0;
}
