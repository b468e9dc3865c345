// A burst of 10,000 threads, each of which uses 64 KiB of its stack while the others are there, too. When
// they have ended, nearly all of that is the system's again, page tables included. proc_pid_status(5).
#include "program.h"

enum { count = 10000, used = 64 << 10, page = 4096, enough_kb = 24 << 10, enough_tables_kb = 8 << 10 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int there, over;

/// A line of the process' status.
static long kb(const char* key) {
  char line[256];
  long number = -1;
  FILE* file = fopen("/proc/self/status", "r");
  while (file != NULL && number < 0 && fgets(line, sizeof line, file) != NULL)
    if (strncmp(line, key, strlen(key)) == 0)
      number = atol(line + strlen(key));
  if (file != NULL)
    fclose(file);
  return number;
}

static int is_given_back(void) {
  return kb("VmRSS:") < enough_kb && kb("VmPTE:") < enough_tables_kb;
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
  printf("at the most: %s\n", kb("VmRSS:") >= count * (used / 1024) ? "all of it" : "not all of it");
  over = 1;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < count; i++)
    join(threads[i]);
  // It need not be at once.
  struct timespec end = after_ms(CLOCK_MONOTONIC, 20000);
  while (!is_given_back() && !reached(CLOCK_MONOTONIC, end))
    pause_ms(10);
  printf("%s\n", is_given_back() ? "given back" : "kept");
  return 0;
}
