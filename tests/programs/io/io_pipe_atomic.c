// Writes of at most PIPE_BUF bytes by many blocked writers never mix. pipe(7)
#include "check.h"
#include <limits.h>

enum { writers = 12, rounds = 40 };
static int ends[2];

static void *writer(void *letter) {
  char line[PIPE_BUF];
  memset(line, (int)(long)letter, sizeof line);
  for (int i = 0; i < rounds; ++i)
    if (write(ends[1], line, sizeof line) != sizeof line)
      return (void *)1;
  return NULL;
}

int main(void) {
  pthread_t thread[writers];
  int lines[writers] = {0}, mixed = 0, failed = 0;
  MUST(pipe(ends));
  for (long i = 0; i < writers; ++i)
    thread[i] = start(writer, (void *)('a' + i));
  settle();
  for (int i = 0; i < writers * rounds; ++i) {
    char line[PIPE_BUF];
    if (read_all(ends[0], line, sizeof line) != sizeof line)
      return 1;
    for (int j = 1; j < PIPE_BUF; ++j)
      mixed += line[j] != line[0];
    lines[line[0] - 'a']++;
  }
  for (int i = 0; i < writers; ++i)
    failed += finish(thread[i]) != NULL;
  for (int i = 0; i < writers; ++i)
    printf("%c %d\n", 'a' + i, lines[i]);
  printf("mixed %d, failed %d\n", mixed, failed);
  return 0;
}
