// A daemon's double fork: the grandchild, adopted, runs threads and reports by a pipe. daemon(7)
#include "check.h"

static int out[2];

static void *worker(void *argument) {
  nap(20);
  return (void *)((long)argument * 3);
}

static void grandchild(pid_t parent) {
  char text[64];
  pthread_t a = start(worker, (void *)4), b = start(worker, (void *)5);
  long sum = (long)finish(a);
  sum += (long)finish(b);
  while (getppid() == parent)
    nap(1);
  int n = snprintf(text, sizeof text, "sum %ld, leads its session: %d", sum, getsid(0) == getpid());
  _exit(write(out[1], text, n) == n ? 0 : 1);
}

static void *daemonize(void *unused) {
  (void)unused;
  int status;
  pid_t pid = MUST(fork());
  if (pid == 0) {
    MUST(setsid());
    pid_t leader = getpid();
    if (MUST(fork()) == 0)
      grandchild(leader);
    _exit(0);
  }
  MUST(waitpid(pid, &status, 0));
  return (void *)(long)status;
}

int main(void) {
  char text[64] = "";
  MUST(pipe(out));
  tell_status("first child", (int)(long)finish(start(daemonize, NULL)));
  close(out[1]);
  read_all(out[0], text, sizeof text - 1);
  printf("%s\n", text);
  return 0;
}
