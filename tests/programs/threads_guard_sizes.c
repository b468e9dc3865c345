// Stacks of one size with guards of all sizes, one after the other: each guard ends where it should, and what
// was the guard of another is room for this one. pthread_attr_setguardsize(3).
#include "program.h"

enum { page = 4096, rounds = 12 };

static const size_t pages[] = {1, 4, 0, 2, 7, 1, 0, 3};

static int pipe_ends[2];

/// What the kernel says of the byte where the program would be killed.
static const char* readable(const char* byte) {
  char sink;
  ssize_t written = write(pipe_ends[1], byte, 1);
  if (written == 1 && read(pipe_ends[0], &sink, 1) != 1)
    return "lost";
  return outcome(written);
}

static void* look(void* argument) {
  pthread_attr_t own;
  void* address;
  size_t size, guard;
  pthread_getattr_np(pthread_self(), &own);
  pthread_attr_getstack(&own, &address, &size);
  pthread_attr_getguardsize(&own, &guard);
  pthread_attr_destroy(&own);
  char* low = address;
  for (char* at = low; at < low + 4 * page; at += page)
    *(volatile char*)at = 1;
  printf("guard %zu: above it %s", guard, readable(low));
  if (guard != 0)
    printf(", its highest byte %s, its lowest %s", readable(low - 1), readable(low - guard));
  puts("");
  return argument;
}

int main(void) {
  require(pipe(pipe_ends), "pipe");
  for (int round = 0; round < rounds; round++) {
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
      pthread_attr_t attributes;
      pthread_attr_init(&attributes);
      pthread_attr_setguardsize(&attributes, pages[i] * page);
      // Of one size in all, guard included.
      pthread_attr_setstacksize(&attributes, (64 - pages[i]) * page);
      pthread_t thread;
      require(pthread_create(&thread, &attributes, look, NULL), "pthread_create");
      join(thread);
      pthread_attr_destroy(&attributes);
    }
  }
  return 0;
}
