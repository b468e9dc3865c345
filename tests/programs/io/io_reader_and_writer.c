// One thread blocks reading a socket while another blocks writing it: both directions flow at once. socket(7)
#include "check.h"

enum { size = 2 << 20 };
static char out[2][size], in[2][size];
static int ends[2];

static void *writer(void *side) { return (void *)write(ends[(long)side], out[(long)side], size); }
static void *reader(void *side) { return (void *)read_all(ends[(long)side], in[(long)side], size); }

int main(void) {
  pthread_t r[2], w[2];
  tcp_pair(ends);
  for (long i = 0; i < 2; ++i) {
    fill(out[i], size, i + 3);
    w[i] = start(writer, (void *)i);
  }
  settle();
  for (long i = 0; i < 2; ++i)
    r[i] = start(reader, (void *)i);
  for (int i = 0; i < 2; ++i)
    printf("written %ld\n", (long)finish(w[i]));
  for (int i = 0; i < 2; ++i)
    printf("read %ld\n", (long)finish(r[i]));
  for (int i = 0; i < 2; ++i)
    printf("%s\n", memcmp(in[i], out[1 - i], size) == 0 ? "intact" : "damaged");
  return 0;
}
