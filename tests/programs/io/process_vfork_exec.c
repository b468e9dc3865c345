// vfork() and exec in threads: the child runs in the parent's memory until it execs or exits. vfork(2)
#include "check.h"

static void *runner(void *argument) {
  volatile long mark = 0;
  char *arguments[] = {(char *)"sh", (char *)"-c", (char *)argument, NULL};
  int status = -1;
  pid_t pid = vfork();
  if (pid == 0) {
    mark = 7;
    execv("/bin/sh", arguments);
    _exit(127);
  }
  waitpid(pid, &status, 0);
  return (void *)(long)(status + mark * 1000000);
}

static void *exits(void *unused) {
  (void)unused;
  volatile int mark = 1;
  int status = -1;
  pid_t pid = vfork();
  if (pid == 0) {
    mark = 2;
    close(0);
    _exit(33);
  }
  waitpid(pid, &status, 0);
  return (void *)(long)(WEXITSTATUS(status) * 10 + mark);
}

int main(void) {
  pthread_t thread[8];
  for (int i = 0; i < 8; ++i)
    thread[i] = start(i % 2 ? runner : exits, (void *)"sleep 0.02; exit 5");
  for (int i = 0; i < 8; ++i) {
    long answer = (long)finish(thread[i]);
    if (i % 2)
      printf("exited %d, mark %ld\n", (int)WEXITSTATUS(answer % 1000000), answer / 1000000);
    else
      printf("exited %ld, mark %ld\n", answer / 10, answer % 10);
  }
  printf("descriptor 0 is still open: %d\n", fcntl(0, F_GETFD) >= 0);
  return 0;
}
