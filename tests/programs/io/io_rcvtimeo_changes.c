// SO_RCVTIMEO set again, by whatever way, counts from the next read on: by setsockopt, by a bare system call,
// by way of a duplicate, by a child process. socket(7)
#include "check.h"

#include <sys/syscall.h>
#include <sys/wait.h>

static struct timeval milliseconds(int ms) { return (struct timeval){0, ms * 1000}; }

static void limit(int fd, int ms) {
  const struct timeval time = milliseconds(ms);
  MUST(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
}

static void limit_by_bare_call(int fd, int ms) {
  const struct timeval time = milliseconds(ms);
  MUST((int)syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
}

static void limit_by_duplicate(int fd, int ms) {
  const int other = MUST(dup(fd));
  limit(other, ms);
  MUST(close(other));
}

static void limit_by_child(int fd, int ms) {
  const pid_t child = MUST(fork());
  if (child == 0) {
    limit(fd, ms);
    _exit(0);
  }
  MUST(waitpid(child, NULL, 0));
}

static const struct {
  const char *name;
  void (*limit)(int fd, int ms);
} ways[] = {{"setsockopt", limit}, {"again", limit}, {"bare call", limit_by_bare_call},
            {"duplicate", limit_by_duplicate}, {"child", limit_by_child}};

static void *reader(void *unused) {
  (void)unused;
  int ends[2];
  tcp_pair(ends);
  char space[8];
  for (int way = 0; way < 5; ++way) {
    const int ms = 60 + 40 * way;
    ways[way].limit(ends[0], ms);
    for (int twice = 0; twice < 2; ++twice) {
      const long from = now_ms();
      report(ways[way].name, recv(ends[0], space, sizeof space, 0));
      took_about(ways[way].name, from, ms);
    }
  }
  return NULL;
}

int main(void) {
  finish(start(reader, NULL));
  return 0;
}
