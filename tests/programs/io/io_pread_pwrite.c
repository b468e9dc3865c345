// pwrite() and pread() from many threads on one descriptor leave its offset alone; ESPIPE on a pipe. pread(2)
#include "check.h"

enum { threads = 8, block = 16384, rounds = 16 };
static int fd;
static uint32_t sums[threads];

static void *worker(void *argument) {
  long me = (long)argument;
  static char space[threads][block];
  for (int round = 0; round < rounds; ++round) {
    off_t at = (off_t)(round * threads + me) * block;
    fill(space[me], block, at + 1);
    if (pwrite(fd, space[me], block, at) != block)
      return NULL;
    memset(space[me], 0, block);
    struct iovec halves[2] = {{space[me], block / 2}, {space[me] + block / 2, block / 2}};
    if (preadv(fd, halves, 2, at) != block)
      return NULL;
    sums[me] ^= checksum(space[me], block);
  }
  return NULL;
}

int main(void) {
  pthread_t thread[threads];
  FILE *file = tmpfile();
  int ends[2];
  fd = fileno(file);
  for (long i = 0; i < threads; ++i)
    thread[i] = start(worker, (void *)i);
  for (int i = 0; i < threads; ++i) {
    finish(thread[i]);
    printf("thread %d: %08x\n", i, sums[i]);
  }
  report("offset", lseek(fd, 0, SEEK_CUR));
  report("size", lseek(fd, 0, SEEK_END));
  char byte;
  report("pread at the end", pread(fd, &byte, 1, (off_t)threads * rounds * block));
  report("pread at -1", pread(fd, &byte, 1, -1));
  MUST(pipe(ends));
  report("pread of a pipe", pread(ends[0], &byte, 1, 0));
  report("pwrite of a pipe", pwrite(ends[1], &byte, 1, 0));
  return 0;
}
