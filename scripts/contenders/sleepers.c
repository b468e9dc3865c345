// How many threads can sleep at once, and what they take: sleepers COUNT [STACK_KIB]. Each thread says that
// it is there and sleeps until the process ends. Prints one line of key=value pairs, memory in KiB.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_long asleep;

// The number after `key` in one of the files of proc(5).
static long number_in(const char* path, const char* key) {
  char line[256];
  long number = -1;
  FILE* file = fopen(path, "r");
  while (file != NULL && number < 0 && fgets(line, sizeof line, file) != NULL)
    if (strncmp(line, key, strlen(key)) == 0) number = atol(line + strlen(key));
  if (file != NULL) fclose(file);
  return number;
}

static void* sleeper(void* argument) {
  atomic_fetch_add(&asleep, 1);
  struct timespec long_time = {100000, 0};
  nanosleep(&long_time, NULL);
  return argument;
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char** argv) {
  long count = argc > 1 ? atol(argv[1]) : 1000, made = 0;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (argc > 2) pthread_attr_setstacksize(&attributes, (size_t)atol(argv[2]) << 10);
  long available = number_in("/proc/meminfo", "MemAvailable:");
  double begin = seconds();
  pthread_t thread;
  int error = 0;
  while (made < count && (error = pthread_create(&thread, &attributes, sleeper, NULL)) == 0) ++made;
  while (atomic_load(&asleep) < made) usleep(1000);
  usleep(100000);
  printf("threads=%ld seconds=%.2f rss=%ld tables=%ld available=%ld error=%s\n", made, seconds() - begin,
         number_in("/proc/self/status", "VmRSS:"), number_in("/proc/self/status", "VmPTE:"),
         available - number_in("/proc/meminfo", "MemAvailable:"), error ? strerrorname_np(error) : "none");
  return made == count ? 0 : 1;
}
