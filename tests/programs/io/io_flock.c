// flock() excludes threads with open file descriptions of their own; LOCK_NB gives EWOULDBLOCK. flock(2)
#include "check.h"
#include <sys/file.h>

enum { threads = 10, rounds = 20 };
static char path[] = "programXXXXXX";
static volatile int inside, worst, total;

static void *locker(void *unused) {
  (void)unused;
  int fd = MUST(open(path, O_RDWR));
  for (int i = 0; i < rounds; ++i) {
    MUST(flock(fd, LOCK_EX));
    int now = ++inside;
    if (now > worst)
      worst = now;
    ++total;
    if (i % 10 == 0)
      nap(1);
    --inside;
    MUST(flock(fd, LOCK_UN));
  }
  close(fd);
  return NULL;
}

int main(void) {
  pthread_t thread[threads];
  int first = MUST(mkstemp(path)), second = MUST(open(path, O_RDWR));
  for (int i = 0; i < threads; ++i)
    thread[i] = start(locker, NULL);
  for (int i = 0; i < threads; ++i)
    finish(thread[i]);
  printf("at most %d inside, %d in all\n", worst, total);
  MUST(flock(first, LOCK_EX));
  report("taken, LOCK_NB", flock(second, LOCK_EX | LOCK_NB));
  MUST(flock(first, LOCK_SH));
  report("shared", flock(second, LOCK_SH | LOCK_NB));
  report("upgrade", flock(second, LOCK_EX | LOCK_NB));
  pthread_t waiter = start(locker, NULL);
  settle();
  printf("waiting: %d\n", total == threads * rounds);
  close(first);
  close(second);
  finish(waiter);
  printf("in all %d\n", total);
  unlink(path);
  return 0;
}
