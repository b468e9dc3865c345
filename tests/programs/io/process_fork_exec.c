// fork() and exec from threads: arguments, environment, descriptors and exit codes arrive. execve(2)
#include "check.h"

enum { threads = 6 };
static char answers[threads][128];

static void *runner(void *argument) {
  long me = (long)argument;
  char number[8];
  int out[2], status;
  snprintf(number, sizeof number, "%ld", me);
  MUST(pipe2(out, O_CLOEXEC));
  pid_t pid = MUST(fork());
  if (pid == 0) {
    dup2(out[1], 1);
    const char *script = "echo \"$0 $1 $GREETING\"; exit $((10 + $0))";
    execlp("sh", "sh", "-c", script, number, "two words", (char *)NULL);
    _exit(127);
  }
  close(out[1]);
  read_all(out[0], answers[me], sizeof answers[me] - 1);
  close(out[0]);
  MUST(waitpid(pid, &status, 0));
  return (void *)(long)status;
}

static void *missing(void *unused) {
  (void)unused;
  int status;
  pid_t pid = MUST(fork());
  if (pid == 0) {
    execl("/nonexistent/program", "program", (char *)NULL);
    _exit(errno == ENOENT ? 44 : 45);
  }
  MUST(waitpid(pid, &status, 0));
  return (void *)(long)status;
}

int main(void) {
  pthread_t thread[threads];
  setenv("GREETING", "hello from the parent", 1);
  for (long i = 0; i < threads; ++i)
    thread[i] = start(runner, (void *)i);
  for (int i = 0; i < threads; ++i) {
    long status = (long)finish(thread[i]);
    printf("%s", answers[i]);
    tell_status("  child", (int)status);
  }
  tell_status("exec of nothing", (int)(long)finish(start(missing, NULL)));
  return 0;
}
