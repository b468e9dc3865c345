// Below a thread's stack lies a guard of the size asked for, which nobody can use.
// pthread_attr_setguardsize(3).
#include "program.h"

static int pipe_ends[2];

/// Whether the byte can be read: the kernel answers EFAULT where the program would be killed.
static const char* readable(const char* byte) {
  char sink;
  ssize_t written = write(pipe_ends[1], byte, 1);
  if (written == 1 && read(pipe_ends[0], &sink, 1) != 1)
    return "lost";
  return outcome(written);
}

static void* probe(void* argument) {
  pthread_attr_t own;
  void* address;
  size_t size, guard;
  pthread_getattr_np(pthread_self(), &own);
  pthread_attr_getstack(&own, &address, &size);
  pthread_attr_getguardsize(&own, &guard);
  pthread_attr_destroy(&own);
  // With glibc the guard lies inside the size asked for, and outside what getattr reports.
  const char* low = address;
  printf("guard %zu: lowest byte %s, below it %s, guard's lowest byte %s\n", guard, readable(low),
         readable(low - 1), readable(low - guard));
  return argument;
}

int main(void) {
  require(pipe(pipe_ends), "pipe");
  size_t sizes[] = {4096, 16384, 100000};
  for (int i = 0; i < 3; i++) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setguardsize(&attributes, sizes[i]);
    pthread_t thread;
    require(pthread_create(&thread, &attributes, probe, NULL), "pthread_create");
    join(thread);
    pthread_attr_destroy(&attributes);
  }
  return 0;
}
