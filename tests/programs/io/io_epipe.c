// With SIGPIPE ignored, writing to a broken pipe or socket gives EPIPE, also when blocked. write(2)
#include "check.h"

static char data[1 << 20];

static void *blocked_writer(void *fd) {
  ssize_t n = write(*(int *)fd, data, sizeof data);
  struct outcome again = seen(write(*(int *)fd, data, 1));
  printf("blocked write: %s\n", n <= 0 ? "nothing" : n < (ssize_t)sizeof data ? "a part" : "all");
  tell("write again", again);
  return NULL;
}

static void break_under(const char *what, int reader, int writer) {
  printf("%s\n", what);
  pthread_t thread = start(blocked_writer, &writer);
  settle();
  close(reader);
  finish(thread);
}

int main(void) {
  int ends[2];
  signal(SIGPIPE, SIG_IGN);
  MUST(pipe(ends));
  break_under("pipe", ends[0], ends[1]);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  break_under("Unix", ends[0], ends[1]);
  MUST(pipe(ends));
  report("write to the reading end", write(ends[0], "x", 1));
  report("read from the writing end", read(ends[1], data, 1));
  signal(SIGPIPE, SIG_DFL);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  close(ends[0]);
  report("send with MSG_NOSIGNAL", send(ends[1], "x", 1, MSG_NOSIGNAL));
  return 0;
}
