// flockfile(3) held while its owner blocks: others wait, ftrylockfile says so, the lock is recursive.
#include "program.h"

enum { count = 30, parts = 5 };

static FILE* file;

static void* print_group(void* argument) {
  int own = (int)as_number(argument);
  flockfile(file);
  for (int i = 0; i < parts; i++) {
    fprintf(file, "%02d:%d ", own, i);
    if (i == 2)
      pause_ms(1);  // nobody may come between
    putc_unlocked('.', file);
  }
  flockfile(file);
  putc('\n', file);
  funlockfile(file);
  funlockfile(file);
  return NULL;
}

static void* try_lock(void* argument) {
  int busy = ftrylockfile(file) != 0;
  if (!busy)
    funlockfile(file);
  return argument == NULL ? as_pointer(busy) : argument;
}

int main(void) {
  pthread_t threads[count];
  char line[200], expected[200];
  int good = 0, lines = 0;
  file = tmpfile();
  for (long i = 0; i < count; i++)
    threads[i] = start(print_group, as_pointer(i));
  for (int i = 0; i < count; i++)
    join(threads[i]);

  flockfile(file);
  printf("held: busy %ld\n", as_number(join(start(try_lock, NULL))));
  funlockfile(file);
  printf("free: busy %ld\n", as_number(join(start(try_lock, NULL))));

  rewind(file);
  while (fgets(line, sizeof line, file) != NULL) {
    int own = atoi(line), length = 0;
    for (int i = 0; i < parts; i++)
      length += snprintf(expected + length, sizeof expected - length, "%02d:%d .", own, i);
    snprintf(expected + length, sizeof expected - length, "\n");
    good += strcmp(line, expected) == 0;
    lines++;
  }
  printf("lines %d, in one piece %d\n", lines, good);
  return 0;
}
