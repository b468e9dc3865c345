// A burst of 10,000 threads, each of which uses 64 KiB of its stack while the others are there, too. When they
// have ended, nearly all of that is the system's again. pthread_create(3), proc_pid_statm(5).
#include "program.h"

enum { count = 10000, used = 64 << 10, page = 4096, enough_kb = 24 << 10 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int there, over;

static long resident_kb(void) {
  long pages = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1)
    pages = -1;
  if (file != NULL)
    fclose(file);
  return pages * (page / 1024);
}

static void* body(void* argument) {
  char block[used];
  for (int i = 0; i < used; i += page)
    *(volatile char*)&block[i] = 1;
  pthread_mutex_lock(&mutex);
  if (++there == count)
    pthread_cond_broadcast(&changed);
  while (!over)
    pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
  return argument;
}

int main(void) {
  static pthread_t threads[count];
  for (int i = 0; i < count; i++) {
    int error = pthread_create(&threads[i], NULL, body, NULL);
    if (error == EAGAIN) {
      fprintf(stderr, "this machine allows only %d threads\n", i);
      return program_skips;
    }
    require(error, "pthread_create");
  }
  pthread_mutex_lock(&mutex);
  while (there < count)
    pthread_cond_wait(&changed, &mutex);
  printf("at the most: %s\n", resident_kb() >= count * (used / 1024) ? "all of it" : "not all of it");
  over = 1;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < count; i++)
    join(threads[i]);
  // It need not be at once.
  struct timespec end = after_ms(CLOCK_MONOTONIC, 20000);
  while (resident_kb() > enough_kb && !reached(CLOCK_MONOTONIC, end))
    pause_ms(10);
  printf("%s\n", resident_kb() > enough_kb ? "kept" : "given back");
  return 0;
}
