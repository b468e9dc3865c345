// setuid and its relatives reach every thread, those too that were asleep in a call. nptl(7)
#include "check.h"
#include <grp.h>
#include <sys/file.h>

enum { threads = 6, user = 4321, group = 1234 };

static sem_t go;
static int locked;

static int dropped(void) {
  return getuid() == user && geteuid() == user && getgid() == group && getgroups(0, NULL) == 0;
}

static void *sleeps_in_kernel(void *file) {
  int own = MUST(open(file, O_RDWR));
  flock(own, LOCK_EX);  // waits in place until main lets go
  close(own);
  return (void *)(long)dropped();
}

static void *sleeps(void *unused) {
  (void)unused;
  sem_wait(&go);
  return (void *)(long)dropped();
}

int main(void) {
  if (geteuid() != 0) {
    printf("must be root\n");
    return 77;
  }
  char name[] = "programXXXXXX";
  locked = MUST(mkstemp(name));
  MUST(flock(locked, LOCK_EX));
  MUST(sem_init(&go, 0, 0));
  pthread_t in_kernel = start(sleeps_in_kernel, name), others[threads];
  for (int i = 0; i < threads; ++i) others[i] = start(sleeps, NULL);
  settle();
  MUST(unlink(name));
  report("setgroups", setgroups(0, NULL));
  report("setresgid", setresgid(group, group, group));
  report("setresuid", setresuid(user, user, user));
  flock(locked, LOCK_UN);
  printf("from the kernel: %ld\n", (long)finish(in_kernel));
  for (int i = 0; i < threads; ++i) MUST(sem_post(&go));
  for (int i = 0; i < threads; ++i) printf("thread: %ld\n", (long)finish(others[i]));
  report("back", setuid(0));
  pid_t child = fork();
  if (child == 0) _exit(getuid() == user ? 3 : 4);
  int status;
  MUST(waitpid(child, &status, 0));
  printf("child %d\n", WEXITSTATUS(status));
  return 0;
}
