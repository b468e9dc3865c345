// sendfile() to a TCP socket with a slow reader sends all of a file and moves its offset. sendfile(2)
#include "check.h"
#include <sys/sendfile.h>

enum { size = 4 << 20 };
static int ends[2];
static char received[size];

static void *reader(void *unused) {
  (void)unused;
  settle();
  size_t got = 0;
  for (ssize_t n; (n = read(ends[1], received + got, 65536 < size - got ? 65536 : size - got)) > 0; got += n)
    nap(1);
  return (void *)got;
}

int main(void) {
  static char data[size];
  FILE *file = tmpfile();
  fill(data, size, 7);
  fwrite(data, 1, size, file);
  fflush(file);
  tcp_pair(ends);
  pthread_t thread = start(reader, NULL);
  off_t offset = 100;
  long total = 0;
  while (offset < size)
    total += MUST(sendfile(ends[0], fileno(file), &offset, size - offset));
  printf("sendfile: %ld in all, offset %ld\n", total, (long)offset);
  report("sendfile at the end", sendfile(ends[0], fileno(file), &offset, 1));
  close(ends[0]);
  long got = (long)finish(thread);
  printf("received %ld, %s\n", got, memcmp(received, data + 100, got) == 0 ? "intact" : "damaged");
  report("sendfile to a read-only descriptor", sendfile(open("/dev/null", O_RDONLY), fileno(file), NULL, 1));
  return 0;
}
