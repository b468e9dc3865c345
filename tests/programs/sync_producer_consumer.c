// Fifty producers and fifty consumers on a bounded queue: every item arrives exactly once.
// pthread_cond_wait(3).
#include "program.h"

enum { producers = 50, consumers = 50, each = 400, room = 16 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER, not_empty = PTHREAD_COND_INITIALIZER;
static long queue[room];
static int head, length;
static unsigned char seen[producers * each + 1];

static void put(long item) {
  pthread_mutex_lock(&mutex);
  while (length == room)
    pthread_cond_wait(&not_full, &mutex);
  queue[(head + length++) % room] = item;
  pthread_cond_signal(&not_empty);
  pthread_mutex_unlock(&mutex);
}

static long take(void) {
  pthread_mutex_lock(&mutex);
  while (length == 0)
    pthread_cond_wait(&not_empty, &mutex);
  long item = queue[head];
  head = (head + 1) % room;
  length--;
  if (item != 0)
    seen[item]++;
  pthread_cond_signal(&not_full);
  pthread_mutex_unlock(&mutex);
  return item;
}

static void* produce(void* argument) {
  long base = as_number(argument) * each;
  for (long i = 1; i <= each; i++)
    put(base + i);
  return NULL;
}

static void* consume(void* argument) {
  long sum = 0, item;
  (void)argument;
  while ((item = take()) != 0)  // 0 is the end
    sum += item;
  return as_pointer(sum);
}

int main(void) {
  pthread_t making[producers], taking[consumers];
  for (int i = 0; i < consumers; i++)
    taking[i] = start(consume, NULL);
  for (long i = 0; i < producers; i++)
    making[i] = start(produce, as_pointer(i));
  for (int i = 0; i < producers; i++)
    join(making[i]);
  for (int i = 0; i < consumers; i++)
    put(0);
  long sum = 0, once = 0;
  for (int i = 0; i < consumers; i++)
    sum += as_number(join(taking[i]));
  for (int i = 1; i <= producers * each; i++)
    once += seen[i] == 1;
  printf("sum %ld, once %ld of %d, left %d\n", sum, once, producers * each, length);
  return 0;
}
