// O_NONBLOCK is what the program set, before, during and after blocking calls, also for a child. fcntl(2)
#include "check.h"

static int ends[2];

static void *reader(void *unused) {
  (void)unused;
  char byte;
  return (void *)read(ends[0], &byte, 1);
}

static int flag(int fd) { return (MUST(fcntl(fd, F_GETFL)) & O_NONBLOCK) != 0; }

// Asks in another process, which shares the open file description.
static int flag_in_child(int fd) {
  int status;
  pid_t child = MUST(fork());
  if (child == 0)
    _exit(flag(fd));
  MUST(waitpid(child, &status, 0));
  return WEXITSTATUS(status);
}

static void observe(const char *what) {
  printf("%s: before %d", what, flag(ends[0]));
  pthread_t thread = start(reader, NULL);
  settle();
  printf(", during %d, in a child %d", flag(ends[0]), flag_in_child(ends[0]));
  MUST(write(ends[1], "x", 1));
  printf(", read %ld", (long)finish(thread));
  printf(", after %d, in a child %d\n", flag(ends[0]), flag_in_child(ends[0]));
}

int main(void) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  tcp_pair(ends);
  observe("TCP");
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  observe("Unix");
  MUST(pipe(ends));
  observe("pipe");
  char byte;
  MUST(fcntl(ends[0], F_SETFL, O_NONBLOCK));
  printf("set: %d, in a child %d\n", flag(ends[0]), flag_in_child(ends[0]));
  report("read", read(ends[0], &byte, 1));
  MUST(fcntl(ends[0], F_SETFL, 0));
  observe("cleared");
  return 0;
}
