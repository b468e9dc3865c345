// A thread asked for with a 256 KiB stack can use 200 KiB of it, again after blocking.
// pthread_attr_setstacksize(3).
#include "program.h"

enum { used = 200 << 10, count = 20 };

static void* use_stack(void* argument) {
  volatile unsigned char block[used];
  unsigned char seed = (unsigned char)as_number(argument);
  for (int i = 0; i < used; i++)
    block[i] = (unsigned char)(seed + i);
  pause_ms(5);  // the others fill theirs meanwhile
  long wrong = 0;
  for (int i = 0; i < used; i++)
    wrong += block[i] != (unsigned char)(seed + i);
  return as_pointer(wrong);
}

int main(void) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  require(pthread_attr_setstacksize(&attributes, 256 << 10), "pthread_attr_setstacksize");
  pthread_t threads[count];
  for (long i = 0; i < count; i++)
    require(pthread_create(&threads[i], &attributes, use_stack, as_pointer(i * 7)), "pthread_create");
  for (int i = 0; i < count; i++)
    printf("thread %d: %ld bytes wrong\n", i, as_number(join(threads[i])));
  pthread_attr_destroy(&attributes);
  return 0;
}
