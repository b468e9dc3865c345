// Pending signals that go again: ignored from now on, sigaction(2); stop signals and SIGCONT cancel each other,
// signal(7).
#include "check.h"

static volatile sig_atomic_t handled;

static void count(int number) {
  (void)number;
  ++handled;
}

static void tell_pending(const char *when) {
  sigset_t pending;
  sigpending(&pending);
  printf("%s:", when);
  for (int i = 1; i < 65; ++i)
    if (sigismember(&pending, i) > 0) printf(" %d", i);
  printf("\n");
}

static void handle(const int *numbers, int how_many, sigset_t *set) {
  for (int i = 0; i < how_many; ++i) {
    sigaddset(set, numbers[i]);
    signal(numbers[i], count);
  }
}

static void ignored(sigset_t *set) {
  const int numbers[] = {SIGUSR1, SIGUSR2, SIGRTMIN, SIGCHLD};
  pthread_kill(pthread_self(), SIGUSR1);
  kill(getpid(), SIGUSR2);
  for (int i = 0; i < 3; ++i) kill(getpid(), SIGRTMIN);
  kill(getpid(), SIGCHLD);
  tell_pending("sent");
  signal(SIGUSR1, SIG_IGN);
  signal(SIGUSR2, SIG_IGN);
  signal(SIGRTMIN, SIG_IGN);
  signal(SIGCHLD, SIG_DFL);
  tell_pending("ignored");
  pthread_kill(pthread_self(), SIGUSR1);
  tell_pending("blocked and ignored when sent");
  handle(numbers, 4, set);
  pthread_sigmask(SIG_UNBLOCK, set, NULL);
  printf("handled: %d\n", handled);
  pthread_sigmask(SIG_BLOCK, set, NULL);
}

static void *run(void *set) {
  ignored(set);
  kill(getpid(), SIGTSTP);
  pthread_kill(pthread_self(), SIGTTIN);
  tell_pending("stopped");
  kill(getpid(), SIGCONT);
  tell_pending("continued");
  pthread_kill(pthread_self(), SIGTSTP);
  tell_pending("stopped");
  return NULL;
}

int main(void) {
  sigset_t set;
  const int numbers[] = {SIGUSR1, SIGUSR2, SIGRTMIN, SIGCHLD, SIGTSTP, SIGTTIN, SIGCONT};
  sigemptyset(&set);
  handle(numbers, 7, &set);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  finish(start(run, &set));
  return 0;
}
