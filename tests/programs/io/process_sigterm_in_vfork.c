// SIGTERM with its default action ends the process at once, even while a vfork(2) child holds its main
// thread. signal(7)
#include "check.h"

static void *killer(void *unused) {
  settle();
  kill(getpid(), SIGTERM);
  return unused;
}

static void wait_in_vfork(void) {
  start(killer, NULL);
  if (vfork() == 0) {
    struct timespec long_time = {30, 0};
    nanosleep(&long_time, NULL);
    _exit(0);
  }
  _exit(1);
}

int main(void) {
  pid_t child = fork();
  if (child == 0)
    wait_in_vfork();
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  int status = 0;
  MUST(waitpid(child, &status, 0));
  clock_gettime(CLOCK_MONOTONIC, &after);
  printf("signal %d %s\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0,
         after.tv_sec - before.tv_sec < 20 ? "at once" : "late");
  return 0;
}
