// Filters that forbid what no server needs: one from before there are threads, one for all threads while they
// run. seccomp(2)
#include "check.h"

#include "filter.h"

enum { threads = 8 };

static pthread_barrier_t everybody;

static void try(const char* what, int thread) {
  const struct outcome root = seen(chroot("/"));
  const struct outcome personality = seen(syscall(SYS_personality, 0xffffffff));
  if (thread == 0) {
    printf("%s:\n", what);
    tell("chroot", root);
    tell("personality", personality);
  }
}

static void* body(void* argument) {
  const int own = (int)(long)argument;
  static const int personality[] = {SYS_personality};
  try("a filter from before", own);
  pthread_barrier_wait(&everybody);
  if (own == 1)
    report("for all", install_filter(personality, 1, SECCOMP_RET_ERRNO | ENOTTY, SECCOMP_RET_ALLOW,
                                     SECCOMP_FILTER_FLAG_TSYNC));
  pthread_barrier_wait(&everybody);
  nap(5);
  try("and one for all", own);
  return (void*)(long)(chroot("/") == -1 && errno == EPERM && syscall(SYS_personality, 0xffffffff) == -1 &&
                       errno == ENOTTY);
}

int main(void) {
  static const int chroot_[] = {SYS_chroot};
  pthread_t started[threads];
  long right = 0;
  report("before", install_filter(chroot_, 1, SECCOMP_RET_ERRNO | EPERM, SECCOMP_RET_ALLOW, 0));
  pthread_barrier_init(&everybody, NULL, threads);
  for (long i = 0; i < threads; ++i) started[i] = start(body, (void*)i);
  for (int i = 0; i < threads; ++i) right += (long)finish(started[i]);
  printf("threads that have both: %ld\n", right);
  return 0;
}
