// posix_spawn() with file actions, attributes and errors, from threads. posix_spawn(3)
#include "check.h"
#include <spawn.h>

extern char **environ;
static char answers[4][64];

static void *spawner(void *argument) {
  long me = (long)argument;
  int out[2], status;
  pid_t pid;
  char *arguments[] = {(char *)"sh", (char *)"-c", (char *)"read word; echo got $word; exit 3", NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t defaults;
  MUST(pipe2(out, O_CLOEXEC));
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/proc/sys/kernel/ostype", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawnattr_init(&attributes);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  MUST(-(errno = posix_spawnp(&pid, "sh", &actions, &attributes, arguments, environ)));
  close(out[1]);
  read_all(out[0], answers[me], sizeof answers[me] - 1);
  close(out[0]);
  MUST(waitpid(pid, &status, 0));
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return (void *)(long)status;
}

int main(void) {
  pthread_t thread[4];
  pid_t pid;
  char *arguments[] = {(char *)"none", NULL};
  const char *paths[] = {"/no/such/program", "/etc/passwd"};
  for (long i = 0; i < 4; ++i)
    thread[i] = start(spawner, (void *)i);
  for (int i = 0; i < 4; ++i) {
    long status = (long)finish(thread[i]);
    printf("%s", answers[i]);
    tell_status("  child", (int)status);
  }
  for (int i = 0; i < 2; ++i) {
    int error = posix_spawn(&pid, paths[i], NULL, NULL, arguments, environ);
    printf("%s: %s\n", paths[i], strerrorname_np(error));
  }
  return 0;
}
