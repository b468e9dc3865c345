// A megabyte through 32 chained pipes, a thread between every two: nothing lost or reordered. pipe(7)
#include "check.h"

enum { stages = 32, size = 1 << 20 };
static int pipes[stages][2];

static void *relay(void *argument) {
  long stage = (long)argument, total = 0;
  char space[3000];
  for (ssize_t n; (n = read(pipes[stage][0], space, sizeof space)) > 0; total += n)
    if (write_all(pipes[stage + 1][1], space, n) != (size_t)n)
      break;
  close(pipes[stage + 1][1]);
  return (void *)total;
}

static void *source(void *unused) {
  (void)unused;
  static char data[size];
  fill(data, size, 99);
  long n = write(pipes[0][1], data, size);
  close(pipes[0][1]);
  return (void *)(n == size ? (uintptr_t)checksum(data, size) : 0);
}

int main(void) {
  static char received[size + 1];
  pthread_t thread[stages];
  for (int i = 0; i < stages; ++i)
    MUST(pipe(pipes[i]));
  for (long i = 0; i < stages - 1; ++i)
    thread[i] = start(relay, (void *)i);
  pthread_t first = start(source, NULL);
  size_t got = read_all(pipes[stages - 1][0], received, size + 1);
  printf("received %zu\n", got);
  printf("%s\n", (uintptr_t)finish(first) == checksum(received, got) ? "intact" : "damaged");
  for (int i = 0; i < stages - 1; ++i)
    if ((long)finish(thread[i]) != size)
      printf("stage %d lost something\n", i);
  return 0;
}
