// What a program sees of its memory: how much is resident, its own stack, whether a byte can be read.
#pragma once
#include "program.h"

/// The process' resident memory, KiB; negative if nobody knows. proc_pid_statm(5).
static inline long resident_kb(void) {
  long pages = -1;
  FILE* file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1)
    pages = -1;
  if (file != NULL)
    fclose(file);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/// A thread's stack: its lowest byte, and the sizes of itself and of the guard below.
struct stack_bounds {
  char* low;
  size_t size, guard;
};

/// The calling thread's. pthread_getattr_np(3).
static inline struct stack_bounds own_stack(void) {
  pthread_attr_t own;
  void* low;
  struct stack_bounds bounds;
  require(pthread_getattr_np(pthread_self(), &own), "pthread_getattr_np");
  pthread_attr_getstack(&own, &low, &bounds.size);
  pthread_attr_getguardsize(&own, &bounds.guard);
  pthread_attr_destroy(&own);
  bounds.low = low;
  return bounds;
}

/// Whether the byte can be read: the kernel answers EFAULT where the program would be killed.
static inline const char* readable(const char* byte) {
  int ends[2];
  require(pipe(ends) == 0 ? 0 : errno, "pipe");
  const char* answer = outcome(write(ends[1], byte, 1));
  close(ends[0]);
  close(ends[1]);
  return answer;
}
