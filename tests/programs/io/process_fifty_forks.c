// 50 threads fork and wait at the same time: each gets its own child's status. waitpid(2)
#include "check.h"

static void *forker(void *argument) {
  int status;
  pid_t pid = MUST(fork());
  if (pid == 0) {
    nap(20);
    _exit((int)(long)argument + 100);
  }
  pid_t got = waitpid(pid, &status, 0);
  return (void *)(long)(got == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

int main(void) {
  pthread_t thread[50];
  for (long i = 0; i < 50; ++i)
    thread[i] = start(forker, (void *)i);
  for (int i = 0; i < 50; ++i)
    printf("%ld ", (long)finish(thread[i]));
  printf("\n");
  return 0;
}
