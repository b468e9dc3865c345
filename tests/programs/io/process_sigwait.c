// A thread in sigwait, sigwaitinfo, sigtimedwait takes signals blocked everywhere. sigwait(3)
#include "check.h"

static sigset_t set;
static sem_t next;

static void *taker(void *unused) {
  (void)unused;
  int got;
  siginfo_t info;
  struct timespec limit = {0, 80000000};
  for (int i = 0; i < 2; ++i) {
    printf("sigwait: %d", sigwait(&set, &got));
    printf(" SIG%s\n", sigabbrev_np(got));
    sem_post(&next);
  }
  report("sigwaitinfo", sigwaitinfo(&set, &info));
  printf("  SIG%s, value %d\n", sigabbrev_np(info.si_signo), info.si_value.sival_int);
  sem_post(&next);
  long from = now_ms();
  report("sigtimedwait", sigtimedwait(&set, &info, &limit));
  took_about("sigtimedwait", from, 80);
  return NULL;
}

int main(void) {
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  pthread_t thread = start(taker, NULL);
  settle();
  kill(getpid(), SIGTERM);
  sem_wait(&next);
  settle();
  pthread_kill(thread, SIGUSR1);
  sem_wait(&next);
  settle();
  sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 99});
  sem_wait(&next);
  finish(thread);
  return 0;
}
