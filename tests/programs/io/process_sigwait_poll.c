// A signal that is blocked ends nobody, and none is lost, while a thread looks for it again and again and
// another one sends it. sigtimedwait(2), signal(7)
#include "check.h"

enum { signals = 20000 };

static sigset_t set;

static void *look(void *unused) {
  (void)unused;
  const struct timespec at_once = {0, 0};
  siginfo_t info;
  long in_order = 0;
  for (int i = 0; i < signals;) {
    if (sigtimedwait(&set, &info, &at_once) < 0) continue;
    in_order += info.si_value.sival_int == i++;
  }
  return (void *)in_order;
}

int main(void) {
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  pthread_t thread = start(look, NULL);
  for (int i = 0; i < signals; ++i)
    while (sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i}) < 0) sched_yield();
  printf("in order: %ld of %d\n", (long)finish(thread), signals);
  return 0;
}
