// SIGCHLD's handler reaps children with WNOHANG while main sits in sigsuspend() and threads block. wait(2)
#include "check.h"

enum { children = 10 };
static volatile sig_atomic_t reaped, sum;
static int ends[2];

static void handler(int signal) {
  (void)signal;
  int status, saved = errno;
  while (waitpid(-1, &status, WNOHANG) > 0) {
    ++reaped;
    sum += WEXITSTATUS(status);
  }
  errno = saved;
}

static void *blocked(void *unused) {
  (void)unused;
  char byte;
  return (void *)read(ends[0], &byte, 1);
}

int main(void) {
  sigset_t set, before;
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
  sigaction(SIGCHLD, &action, NULL);
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  MUST(pipe(ends));
  pthread_t thread = start(blocked, NULL);
  for (int i = 0; i < children; ++i)
    if (MUST(fork()) == 0) {
      nap(5 * i);
      _exit(i);
    }
  while (reaped < children)
    sigsuspend(&before);
  printf("reaped %d, sum %d\n", reaped, sum);
  report("wait", wait(NULL));
  MUST(write(ends[1], "x", 1));
  printf("read %ld\n", (long)finish(thread));
  return 0;
}
