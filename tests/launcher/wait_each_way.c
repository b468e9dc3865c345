// Threads that wait, each in a function of its own: by a hooked call, by one inside libc, for a mutex, for a
// file lock that takes a kernel thread; and one that computes. A line on stdin lets all of them end.
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { ways = 5 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int for_read[2], for_stream[2], lock_file;
static volatile int stop;

// Not inlined, and nothing is the last thing they do: so each is in its thread's stack.
#define WAY(name) static __attribute__((noinline)) void* name(void* argument)

WAY(wait_in_read) {
  char byte;
  return read(for_read[0], &byte, 1) == 0 ? argument : NULL;
}

WAY(wait_in_stream) {
  FILE* stream = fdopen(for_stream[0], "r");
  return fgetc(stream) == EOF ? argument : NULL;
}

WAY(wait_for_mutex) {
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  return argument;
}

WAY(wait_for_file_lock) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", lock_file);
  const int mine = open(path, O_RDONLY);
  return flock(mine, LOCK_EX) == 0 ? argument : NULL;
}

WAY(compute) {
  while (!stop) {}
  return argument;
}

int main(void) {
  static void* (*const way[ways])(void*) = {wait_in_read, wait_in_stream, wait_for_mutex, wait_for_file_lock,
                                            compute};
  pthread_t thread[ways];
  int ended_well = 0;
  lock_file = open(".", O_RDONLY);
  if (pipe(for_read) != 0 || pipe(for_stream) != 0 || flock(lock_file, LOCK_EX) != 0) return 1;
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < ways; ++i)
    if (pthread_create(&thread[i], NULL, way[i], &mutex) != 0) return 1;
  if (getchar() != '\n') return 1;
  stop = 1;
  close(for_read[1]);
  close(for_stream[1]);
  flock(lock_file, LOCK_UN);
  pthread_mutex_unlock(&mutex);
  for (int i = 0; i < ways; ++i) {
    void* result;
    pthread_join(thread[i], &result);
    ended_well += result == &mutex;
  }
  printf("%d ended well\n", ended_well);
  return 0;
}
