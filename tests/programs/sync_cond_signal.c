// pthread_cond_signal(3) wakes one waiter at a time: as many get through as tickets were given, no more.
#include "program.h"

enum { count = 50 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given = PTHREAD_COND_INITIALIZER, taken = PTHREAD_COND_INITIALIZER;
static int waiting, tickets, through;

static void* take(void* argument) {
  pthread_mutex_lock(&mutex);
  waiting++;
  pthread_cond_signal(&taken);
  while (tickets == 0)
    pthread_cond_wait(&given, &mutex);
  tickets--;
  through++;
  pthread_cond_signal(&taken);
  pthread_mutex_unlock(&mutex);
  return argument;
}

int main(void) {
  pthread_t threads[count];
  pthread_mutex_lock(&mutex);
  printf("signal with nobody waiting: %s\n", error_name(pthread_cond_signal(&given)));
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < count; i++)
    threads[i] = start(take, NULL);
  pthread_mutex_lock(&mutex);
  while (waiting < count)
    pthread_cond_wait(&taken, &mutex);
  printf("waiting %d, through %d\n", waiting, through);
  for (int i = 1; i <= count; i++) {
    tickets++;
    pthread_cond_signal(&given);
    while (tickets > 0)
      pthread_cond_wait(&taken, &mutex);
    if (through != i)
      printf("%d tickets, %d through\n", i, through);
  }
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < count; i++)
    join(threads[i]);
  printf("through %d, destroy %s\n", through, error_name(pthread_cond_destroy(&given)));
  return 0;
}
