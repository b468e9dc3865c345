// Non-blocking writes take what fits, then EAGAIN; the program's own poll() loop gets all across. write(2)
#include "check.h"

enum { size = 6 << 20 };
static char data[size], received[size];
static int ends[2];

static void *reader(void *unused) {
  (void)unused;
  settle();
  return (void *)read_all(ends[1], received, size);
}

int main(void) {
  size_t done = 0;
  int refused = 0, partial = 0;
  fill(data, size, 5);
  tcp_pair(ends);
  MUST(fcntl(ends[0], F_SETFL, O_NONBLOCK));
  char byte;
  report("read", read(ends[0], &byte, 1));
  report("recv", recv(ends[0], &byte, 1, 0));
  pthread_t thread = start(reader, NULL);
  while (done < size) {
    ssize_t n = write(ends[0], data + done, size - done);
    if (n < 0 && errno == EAGAIN) {
      refused = 1;
      poll(&(struct pollfd){ends[0], POLLOUT, 0}, 1, -1);
    } else {
      partial |= (size_t)MUST(n) < size - done;
      done += n;
    }
  }
  printf("refused with EAGAIN: %d, partial: %d\n", refused, partial);
  printf("read %ld, ", (long)finish(thread));
  printf("%s\n", memcmp(data, received, size) == 0 ? "intact" : "damaged");
  printf("still non-blocking: %d\n", (fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0);
  return 0;
}
