// POSIX AIO, whose threads libc makes itself: aio_write, aio_read, aio_suspend, lio_listio. aio(7).
#include "program.h"

#include <aio.h>

enum { requests = 20, size = 4096 };

static void* wait_for(void* argument) {
  struct aiocb* block = argument;
  const struct aiocb* list[] = {block};
  while (aio_error(block) == EINPROGRESS)
    if (aio_suspend(list, 1, NULL) == -1 && errno != EINTR)
      return as_pointer(-errno);
  return as_pointer(aio_return(block));
}

static long run(int file, int operation, char buffers[requests][size]) {
  static struct aiocb blocks[requests];
  pthread_t threads[requests];
  long total = 0;
  memset(blocks, 0, sizeof blocks);
  for (int i = 0; i < requests; i++) {
    blocks[i].aio_fildes = file;
    blocks[i].aio_buf = buffers[i];
    blocks[i].aio_nbytes = size;
    blocks[i].aio_offset = (off_t)i * size;
    require(operation == LIO_WRITE ? aio_write(&blocks[i]) : aio_read(&blocks[i]), "aio");
    threads[i] = start(wait_for, &blocks[i]);
  }
  for (int i = 0; i < requests; i++)
    total += as_number(join(threads[i]));
  return total;
}

int main(void) {
  static char written[requests][size], read_back[requests][size];
  FILE* file = tmpfile();
  for (int i = 0; i < requests; i++)
    memset(written[i], 'a' + i, size);
  printf("written %ld\n", run(fileno(file), LIO_WRITE, written));
  printf("read %ld, ", run(fileno(file), LIO_READ, read_back));
  printf("equal %d\n", memcmp(written, read_back, sizeof written) == 0);

  // A read of a pipe stays in progress until someone writes.
  int ends[2];
  char byte = 0;
  require(pipe(ends), "pipe");
  struct aiocb block = {.aio_fildes = ends[0], .aio_buf = &byte, .aio_nbytes = 1};
  const struct aiocb* list[] = {&block};
  require(aio_read(&block), "aio_read");
  struct timespec time = {0, 20000000};
  printf("suspend: %s", outcome(aio_suspend(list, 1, &time)));
  printf(", in progress %d\n", aio_error(&block) == EINPROGRESS);
  if (write(ends[1], "z", 1) != 1)
    return 2;
  long got = as_number(wait_for(&block));
  printf("then %ld byte: %c\n", got, byte);
  return 0;
}
