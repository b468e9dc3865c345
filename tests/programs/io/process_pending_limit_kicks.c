// Where no more signals may pend, RLIMIT_SIGPENDING, those of a standard number reach a thread that computes and
// one that is in a call all the same.
#include "check.h"
#include <sys/file.h>
#include <sys/resource.h>

static volatile sig_atomic_t handled;
static volatile int over;

static void count(int number) {
  (void)number;
  ++handled;
}

static void *computes(void *unused) {
  while (!over) continue;
  return unused;
}

static void *locks(void *unused) {
  const int fd = MUST(open("held", O_RDWR));
  report("flock", flock(fd, LOCK_EX));
  return unused;
}

static int await_handled(int times) {
  for (int i = 0; i < 5000 && handled < times; ++i) nap(1);
  return handled;
}

int main(void) {
  struct sigaction action = {.sa_handler = count};
  struct rlimit limit;
  sigaction(SIGHUP, &action, NULL);
  const int fd = MUST(open("held", O_RDWR | O_CREAT, 0600));
  MUST(flock(fd, LOCK_EX));
  pthread_t computing = start(computes, NULL), locking = start(locks, NULL);
  MUST(getrlimit(RLIMIT_SIGPENDING, &limit));
  limit.rlim_cur = 0;
  MUST(setrlimit(RLIMIT_SIGPENDING, &limit));
  settle();
  pthread_kill(computing, SIGHUP);
  report("handled", await_handled(1));
  over = 1;
  finish(computing);
  pthread_kill(locking, SIGHUP);
  report("handled", await_handled(2));
  if (handled < 2) flock(fd, LOCK_UN);
  finish(locking);
  return 0;
}
