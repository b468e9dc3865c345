// The environment a program sets is what its children get. environ(7)
#include "check.h"

static char answer[256];

static void *ask(void *command) {
  FILE *pipe = popen(command, "r");
  size_t n = fread(answer, 1, sizeof answer - 1, pipe);
  answer[n] = '\0';
  return (void *)(long)pclose(pipe);
}

static void run(const char *command) {
  long status = (long)finish(start(ask, (void *)command));
  printf("%s: %s", command, answer);
  tell_status("", (int)status);
}

int main(void) {
  char *only[] = {(char *)"ONLY=this", NULL}, *arguments[] = {(char *)"env", NULL};
  int status;
  setenv("GREETING", "hello", 1);
  run("echo $GREETING");
  setenv("GREETING", "two words", 1);
  run("echo \"$GREETING\"");
  unsetenv("GREETING");
  run("echo ${GREETING-unset}");
  fflush(stdout);
  pid_t pid = MUST(fork());
  if (pid == 0) {
    execve("/usr/bin/env", arguments, only);
    _exit(127);
  }
  MUST(waitpid(pid, &status, 0));
  tell_status("env", status);
  return 0;
}
