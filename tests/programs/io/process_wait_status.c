// Wait statuses: exit codes cut to 8 bits, signals, stopped and continued children. waitpid(2)
#include "check.h"
#include <sys/resource.h>

static struct outcome got[3];
static int statuses[5];

static void *exits(void *unused) {
  (void)unused;
  pid_t pid = MUST(fork());
  if (pid == 0)
    _exit(0x1234);
  MUST(waitpid(pid, &statuses[0], 0));
  pid = MUST(fork());
  if (pid == 0)
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}), abort();
  MUST(waitpid(pid, &statuses[1], 0));
  return NULL;
}

static void *stops(void *unused) {
  (void)unused;
  pid_t pid = MUST(fork());
  if (pid == 0)
    for (;;)
      pause();
  kill(pid, SIGSTOP);
  got[0] = seen(waitpid(pid, &statuses[2], WUNTRACED) == pid ? 0 : -1);
  kill(pid, SIGCONT);
  got[1] = seen(waitpid(pid, &statuses[3], WCONTINUED) == pid ? 0 : -1);
  kill(pid, SIGKILL);
  got[2] = seen(waitpid(pid, &statuses[4], 0) == pid ? 0 : -1);
  return NULL;
}

int main(void) {
  pthread_t a = start(exits, NULL), b = start(stops, NULL);
  finish(a);
  finish(b);
  for (int i = 0; i < 3; ++i)
    tell("waitpid", got[i]);
  tell_status("_exit(0x1234)", statuses[0]);
  printf("abort: by SIG%s\n", sigabbrev_np(WTERMSIG(statuses[1])));
  printf("stopped: %d by SIG%s\n", WIFSTOPPED(statuses[2]), sigabbrev_np(WSTOPSIG(statuses[2])));
  printf("continued: %d\n", WIFCONTINUED(statuses[3]));
  tell_status("killed", statuses[4]);
  return 0;
}
