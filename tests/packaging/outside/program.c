// A program outside this project: 100 threads wait at once; how many kernel threads is that?
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <unblock.h>
#include <unistd.h>

static int ends[2];

static void *wait_for_a_byte(void *nothing) {
  char byte;
  (void)nothing;
  return read(ends[0], &byte, 1) == 1 ? NULL : "failed";
}

static int kernel_threads(void) {
  int count = -2;
  DIR *tasks = opendir("/proc/self/task");
  while (readdir(tasks)) ++count;
  closedir(tasks);
  return count;
}

int main(void) {
  enum { threads = 100 };
  pthread_t thread[threads];
  char bytes[threads];
  if (unblock_start(NULL) != 0) {
    fprintf(stderr, "%s\n", unblock_reason());
    return 1;
  }
  if (pipe(ends) != 0) return 1;
  for (int i = 0; i < threads; ++i) pthread_create(&thread[i], NULL, wait_for_a_byte, NULL);
  const int count = kernel_threads();
  if (write(ends[1], bytes, threads) != threads) return 1;
  for (int i = 0; i < threads; ++i) pthread_join(thread[i], NULL);
  if (unblock_stop() != 0) return 1;
  puts(count < threads / 2 ? "fibers" : "kernel threads");
  return 0;
}
