// Zero-length reads and writes return 0 at once, also where others would block. read(2)
#include "check.h"

static void try_all(const char *what, int fd, int other) {
  char byte;
  struct iovec none = {&byte, 0};
  printf("%s\n", what);
  report("  read 0", read(fd, &byte, 0));
  report("  readv of nothing", readv(fd, &none, 1));
  report("  readv of no vectors", readv(fd, &none, 0));
  report("  write 0", write(other, &byte, 0));
  report("  writev of nothing", writev(other, &none, 1));
}

static void *attempts(void *unused) {
  (void)unused;
  int ends[2];
  char byte;
  MUST(pipe(ends));
  try_all("pipe", ends[0], ends[1]);
  tcp_pair(ends);
  try_all("TCP", ends[0], ends[1]);
  report("  send 0", send(ends[0], &byte, 0, 0));
  report("  recv 0 with MSG_DONTWAIT", recv(ends[1], &byte, 0, MSG_DONTWAIT));
  MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
  report("empty datagram", send(ends[0], &byte, 0, 0));
  report("received", recv(ends[1], &byte, 1, 0));
  FILE *file = tmpfile();
  try_all("file", fileno(file), fileno(file));
  return NULL;
}

int main(void) {
  finish(start(attempts, NULL));
  return 0;
}
