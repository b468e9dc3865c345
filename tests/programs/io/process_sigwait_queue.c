// Signals that another process queues come to sigwaitinfo(3) in order, each once, whoever of several waits;
// its timeout, a handler that runs meanwhile, and timers' signals. sigwaitinfo(2), signal(7)
#include "check.h"

enum { sent = 200, waiters = 3 };

static sigset_t set;
static int handled, was_interrupted;
static volatile sig_atomic_t seen_by[sent];

static void note(int signal) { __atomic_fetch_add(&handled, signal == SIGUSR1, __ATOMIC_RELAXED); }

static pid_t sender(int first, int count) {
  pid_t child = MUST(fork());
  if (child == 0) {
    for (int i = first; i < first + count; ++i) {
      while (sigqueue(getppid(), SIGRTMIN + 2, (union sigval){.sival_int = i}) < 0)
        nap(1);
      if (i % 50 == 0) nap(5);
    }
    _exit(0);
  }
  return child;
}

static void *take_in_order(void *unused) {
  (void)unused;
  siginfo_t info;
  long right = 0;
  for (int i = 0; i < sent; ++i)
    right +=
        sigwaitinfo(&set, &info) == SIGRTMIN + 2 && info.si_value.sival_int == i && info.si_code == SI_QUEUE;
  return (void *)right;
}

static void *take_any(void *unused) {
  (void)unused;
  siginfo_t info;
  struct timespec limit = {20, 0};
  for (;;) {
    int got = sigtimedwait(&set, &info, &limit);
    // Linux says so too where another thread was faster.
    if (got < 0 && errno == EINTR) continue;
    if (got != SIGRTMIN + 2 || info.si_value.sival_int == sent) return NULL;
    seen_by[info.si_value.sival_int]++;
  }
}

static void *interrupted(void *unused) {
  (void)unused;
  struct outcome o = seen(sigwaitinfo(&set, NULL));
  __atomic_store_n(&was_interrupted, 1, __ATOMIC_RELEASE);
  tell("sigwaitinfo", o);
  return NULL;
}

static void *by_timers(void *unused) {
  (void)unused;
  siginfo_t info;
  timer_t timer;
  struct sigevent event = {
      .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 2, .sigev_value.sival_int = 7};
  MUST(timer_create(CLOCK_MONOTONIC, &event, &timer));
  MUST(timer_settime(timer, 0, &(struct itimerspec){.it_value.tv_nsec = 20000000}, NULL));
  int got = sigwaitinfo(&set, &info);
  printf("timer: %d, value %d, SI_TIMER %d\n", got == SIGRTMIN + 2, info.si_value.sival_int,
         info.si_code == SI_TIMER);
  timer_delete(timer);
  alarm(1);
  got = sigwaitinfo(&set, &info);
  printf("alarm: %d, from the kernel %d\n", got == SIGALRM, info.si_code == SI_KERNEL);
  return NULL;
}

int main(void) {
  struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &action, NULL);
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 2);
  sigaddset(&set, SIGALRM);
  pthread_sigmask(SIG_BLOCK, &set, NULL);

  pthread_t thread = start(take_in_order, NULL);
  pid_t child = sender(0, sent);
  printf("in order: %ld\n", (long)finish(thread));
  waitpid(child, NULL, 0);

  pthread_t threads[waiters];
  for (int i = 0; i < waiters; ++i)
    threads[i] = start(take_any, NULL);
  child = sender(0, sent);
  waitpid(child, NULL, 0);
  for (int i = 0; i < waiters; ++i)
    sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = sent});
  for (int i = 0; i < waiters; ++i)
    finish(threads[i]);
  int once = 0;
  for (int i = 0; i < sent; ++i)
    once += seen_by[i] == 1;
  printf("once: %d\n", once);

  thread = start(interrupted, NULL);
  // It may not wait yet, however long it was given: then it is interrupted by the next one.
  while (!__atomic_load_n(&was_interrupted, __ATOMIC_ACQUIRE)) {
    pthread_kill(thread, SIGUSR1);
    nap(10);
  }
  finish(thread);
  printf("handled: %d\n", __atomic_load_n(&handled, __ATOMIC_RELAXED) > 0);
  finish(start(by_timers, NULL));
  return 0;
}
