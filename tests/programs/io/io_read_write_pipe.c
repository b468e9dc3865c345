// read() of an empty pipe blocks until another thread writes; 0 once the writer closes. read(2), pipe(7)
#include "check.h"

static int ends[2];
static struct outcome reads[4];
static char text[4][16];

static void *reader(void *unused) {
  (void)unused;
  for (int i = 0; i < 4; ++i)
    reads[i] = seen(read(ends[0], text[i], sizeof text[i]));
  return NULL;
}

static void *writer(void *unused) {
  (void)unused;
  settle();
  report("write hello", write(ends[1], "hello", 5));
  settle();
  report("write 20 bytes", write(ends[1], "twenty bytes in all.", 20));
  close(ends[1]);
  return NULL;
}

int main(void) {
  MUST(pipe(ends));
  pthread_t r = start(reader, NULL), w = start(writer, NULL);
  finish(w);
  finish(r);
  for (int i = 0; i < 4; ++i) {
    tell("read", reads[i]);
    printf("  \"%.16s\"\n", text[i]);
  }
  return 0;
}
