// Threads talk with children by pipes in both directions; EOF arrives when the last writer is gone. pipe(7)
#include "check.h"

enum { threads = 6, size = 300000 };

static void *talker(void *argument) {
  static char data[threads][size], back[threads][size];
  long me = (long)argument;
  int to[2], from[2], status;
  MUST(pipe2(to, O_CLOEXEC));
  MUST(pipe2(from, O_CLOEXEC));
  pid_t pid = MUST(fork());
  if (pid == 0) {
    dup2(to[0], 0);
    dup2(from[1], 1);
    execlp("cat", "cat", (char *)NULL);
    _exit(127);
  }
  close(to[0]);
  close(from[1]);
  fill(data[me], size, me);
  size_t got = 0;
  for (size_t sent = 0; sent < size; sent += 30000) {
    MUST(write_all(to[1], data[me] + sent, 30000));
    got += read_all(from[0], back[me] + got, 30000);
  }
  close(to[1]);
  char byte;
  long end = read(from[0], &byte, 1);
  MUST(waitpid(pid, &status, 0));
  return (void *)(long)(got == size && end == 0 && status == 0 && memcmp(data[me], back[me], size) == 0);
}

int main(void) {
  pthread_t thread[threads];
  for (long i = 0; i < threads; ++i)
    thread[i] = start(talker, (void *)i);
  for (int i = 0; i < threads; ++i)
    printf("intact: %ld\n", (long)finish(thread[i]));
  return 0;
}
