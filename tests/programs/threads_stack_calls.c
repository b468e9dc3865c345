// A thread does to its own stack what programs do: protects pages of it, gives pages back, asks for advice.
// The next threads get stacks as good as new. mprotect(2), madvise(2), pthread_getattr_np(3).
#include "memory.h"

#include <sys/mman.h>

enum { page = 4096, generations = 6, at_once = 8 };

static _Thread_local long fresh_data = 12345;
static _Thread_local char fresh_zeroes[500];
static pthread_key_t key;
static pthread_barrier_t all;

/// What a new thread finds in variables of its own; leaves them dirty, and much of its stack.
static long found_dirty(void) {
  long dirty = fresh_data != 12345 || pthread_getspecific(key) != NULL || errno != 0;
  for (size_t i = 0; i < sizeof fresh_zeroes; i++)
    dirty += fresh_zeroes[i] != 0;
  fresh_data = 1;
  pthread_setspecific(key, &all);
  memset(fresh_zeroes, 1, sizeof fresh_zeroes);
  volatile char deep[300000];
  for (size_t i = 0; i < sizeof deep; i += 64)
    deep[i] = 1;
  errno = EDOM;
  return dirty;
}

static const char* mapped_at(char* place, int access) {
  char* mapped = mmap(place, page, access, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  return mapped == place ? "mapped" : "not";
}

static void* use(void* argument) {
  long dirty = found_dirty();
  char* low = own_stack().low;
  const char* answers[5];
  pthread_barrier_wait(&all);
  switch (as_number(argument)) {
    case 0:
      answers[0] = outcome(mprotect(low, page, PROT_NONE));
      answers[1] = readable(low);
      answers[2] = outcome(mprotect(low, page, PROT_READ | PROT_WRITE));
      answers[3] = readable(low);
      break;
    case 1:
      memset(low, 1, 2 * page);
      answers[0] = outcome(madvise(low, page, MADV_DONTNEED));
      answers[1] = low[0] == 0 && low[page - 1] == 0 ? "zeroes" : "something";
      answers[2] = low[page] == 1 ? "kept" : "lost";
      answers[3] = readable(low - 1);
      break;
    case 2:
      answers[0] = outcome(madvise(low, 4 * page, MADV_DONTFORK));
      answers[1] = outcome(mprotect(low + page, page, PROT_READ));
      answers[2] = readable(low + page);
      answers[3] = readable(low - 1);
      break;
    case 3:
      answers[0] = mapped_at(low, PROT_READ);
      // Not munmap: the hole would be the next place for anybody's memory, and lost with the stack.
      answers[1] = mapped_at(low + page, PROT_NONE);
      answers[2] = readable(low);
      answers[3] = readable(low + page);
      break;
    case 4:
      answers[0] = outcome(mlock(low, page));
      answers[1] = readable(low);
      answers[2] = outcome(munlock(low, page));
      answers[3] = readable(low - 1);
      break;
    default:
      answers[0] = answers[1] = answers[2] = answers[3] = "-";
  }
  char* text = NULL;
  if (asprintf(&text, "%s %s %s %s, found dirty %ld", answers[0], answers[1], answers[2], answers[3],
               dirty) < 0)
    abort();
  return text;
}

int main(void) {
  require(pthread_key_create(&key, NULL), "pthread_key_create");
  require(pthread_barrier_init(&all, NULL, at_once), "pthread_barrier_init");
  for (int generation = 0; generation < generations; generation++) {
    pthread_t threads[at_once];
    for (int i = 0; i < at_once; i++)
      threads[i] = start(use, as_pointer(i));
    for (int i = 0; i < at_once; i++) {
      char* text = join(threads[i]);
      printf("generation %d, thread %d: %s\n", generation, i, text);
      free(text);
    }
  }
  return 0;
}
