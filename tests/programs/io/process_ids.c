// getpid() is the same in all threads, gettid() each one's own, also after fork. getpid(2)
#include "check.h"

enum { threads = 20 };
static pid_t tid[threads], pid[threads], parent[threads];
static pthread_barrier_t barrier;

static void *looker(void *argument) {
  long me = (long)argument;
  tid[me] = gettid();
  pthread_barrier_wait(&barrier);
  nap(10);
  pid[me] = getpid();
  parent[me] = getppid();
  return (void *)(long)(tid[me] == gettid());
}

int main(void) {
  pthread_t thread[threads];
  int same_tid = 0, same_pid = 0, same_parent = 0, twice = 0, status;
  pthread_barrier_init(&barrier, NULL, threads);
  for (long i = 0; i < threads; ++i)
    thread[i] = start(looker, (void *)i);
  for (int i = 0; i < threads; ++i) {
    same_tid += finish(thread[i]) != NULL;
    same_pid += pid[i] == getpid();
    same_parent += parent[i] == getppid();
    for (int j = 0; j < i; ++j)
      twice += tid[i] == tid[j];
    twice += tid[i] == getpid();
  }
  printf("tid kept %d, pid %d, parent %d, given twice %d\n", same_tid, same_pid, same_parent, twice);
  printf("main's tid is the pid: %d\n", gettid() == getpid());
  fflush(stdout);
  pid_t me = getpid(), child = MUST(fork());
  if (child == 0)
    _exit((getppid() == me) + 2 * (gettid() == getpid()) + 4 * (getpid() != me));
  MUST(waitpid(child, &status, 0));
  tell_status("in a child", status);
  return 0;
}
