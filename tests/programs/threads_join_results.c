// Threads get their argument and give back their result through pthread_join(3), in any join order.
#include "program.h"

enum { count = 64 };

static void* square(void* argument) {
  long number = as_number(argument);
  pause_ms((count - number) % 8);  // they end in another order than they began
  return as_pointer(number * number);
}

static void* fill(void* argument) {
  memset(argument, 'x', 15);
  return (char*)argument + 3;
}

int main(void) {
  pthread_t threads[count];
  for (long i = 0; i < count; i++)
    threads[i] = start(square, as_pointer(i));
  long sum = 0;
  for (int i = count - 1; i >= 0; i--) {
    long result = as_number(join(threads[i]));
    if (result != (long)i * i)
      printf("thread %d gave %ld\n", i, result);
    sum += result;
  }
  printf("sum of squares %ld\n", sum);

  char text[16] = "";
  char* inside = join(start(fill, text));
  printf("%s, offset %td\n", text, inside - text);
  return 0;
}
