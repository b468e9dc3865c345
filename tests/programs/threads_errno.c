// errno belongs to the thread: it keeps its value while others fail in other ways. errno(3).
#include "program.h"

#include <fcntl.h>
#include <sched.h>

enum { count = 50, rounds = 40 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/// Fails with one of three errors, by number.
static int fail(long which) {
  char byte;
  switch (which % 3) {
    case 0:
      return read(-1, &byte, 1) == -1 ? EBADF : 0;
    case 1:
      return open("/nonexistent/file", O_RDONLY) == -1 ? ENOENT : 0;
    default:
      return lseek(0, 0, 12345) == -1 ? EINVAL : 0;
  }
}

static void* body(void* argument) {
  long wrong = 0;
  for (int i = 0; i < rounds; i++) {
    int expected = fail(as_number(argument) + i);
    int* address = &errno;
    wrong += errno != expected;
    sched_yield();
    pause_ms(i % 8 == 0);
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    wrong += errno != expected;
    wrong += &errno != address;
  }
  return as_pointer(wrong);
}

int main(void) {
  pthread_t threads[count];
  errno = ERANGE;
  for (long i = 0; i < count; i++)
    threads[i] = start(body, as_pointer(i));
  long wrong = 0;
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  printf("wrong %ld, main still has %s\n", wrong, error_name(errno));
  return 0;
}
