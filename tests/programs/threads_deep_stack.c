// Default stacks carry 4 MiB of alloca(3) and of recursion, in several threads at once, with
// blocking in the depths.
#include "program.h"

#include <alloca.h>

enum { count = 8, bytes = 4 << 20, levels = 20000 };

static long recurse(long level) {
  volatile long local[16];
  local[level % 16] = level;
  if (level == 0) {
    pause_ms(5);
    return 0;
  }
  return recurse(level - 1) + local[level % 16];
}

static void* use_alloca(void* argument) {
  volatile unsigned char* block = alloca(bytes);
  long sum = 0;
  for (int i = bytes - 1; i >= 0; i -= 512)
    block[i] = (unsigned char)(i / 512 + as_number(argument));
  pause_ms(5);
  for (int i = bytes - 1; i >= 0; i -= 512)
    sum += block[i] == (unsigned char)(i / 512 + as_number(argument));
  return as_pointer(sum);
}

static void* use_recursion(void* argument) {
  return as_pointer(recurse(levels + as_number(argument)));
}

int main(void) {
  pthread_t wide[count], deep[count];
  for (long i = 0; i < count; i++) {
    wide[i] = start(use_alloca, as_pointer(i));
    deep[i] = start(use_recursion, as_pointer(i));
  }
  for (int i = 0; i < count; i++) {
    printf("alloca %ld of %d, ", as_number(join(wide[i])), bytes / 512);
    printf("recursion %ld\n", as_number(join(deep[i])));
  }
  return 0;
}
