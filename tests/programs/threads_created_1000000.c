// 1000000 threads created and joined one after another: all run, and memory does not grow. pthread_join(3).
#include "memory.h"

enum { count = 1000000, settled = count / 10 };

static void* body(void* argument) {
  return as_pointer(as_number(argument) + 1);
}

int main(void) {
  if (getenv("PROGRAMS_LONG") == NULL) {
    fprintf(stderr, "takes long; set PROGRAMS_LONG=1 to run it\n");
    return program_skips;
  }
  long at_settled = 0, number = 0;
  for (int i = 0; i < count; i++) {
    if (i == settled)
      at_settled = resident_kb();
    number = as_number(join(start(body, as_pointer(number))));
  }
  long grown = resident_kb() - at_settled;
  printf("ran %ld\n", number);
  if (grown > 2048)
    printf("grown by %ld KiB\n", grown);
  return 0;
}
