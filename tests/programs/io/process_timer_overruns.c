// A timer has one signal pending at most, whatever its number, and counts what it would have sent besides:
// timer_getoverrun(2).
#include "check.h"
#include <sys/syscall.h>

static sigset_t set;
static volatile sig_atomic_t handled, overruns;

static void count(int number, siginfo_t *info, void *context) {
  (void)number, (void)context;
  ++handled;
  if (info->si_overrun > overruns) overruns = info->si_overrun;
}

static timer_t make(int how, int number, int value) {
  struct sigevent event = {.sigev_notify = how, .sigev_signo = number, .sigev_value.sival_int = value};
  event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
  timer_t timer;
  MUST(timer_create(CLOCK_MONOTONIC, &event, &timer));
  return timer;
}

static void set_ms(timer_t timer, long first, long interval) {
  struct itimerspec when = {{0, interval * 1000000}, {0, first * 1000000}};
  MUST(timer_settime(timer, 0, &when, NULL));
}

static int take(siginfo_t *info) {
  const struct timespec at_once = {0, 0};
  return sigtimedwait(&set, info, &at_once) > 0;
}

// Not all of a moment's: a machine that stands still for as long counts them once it goes on.
static void blocked(timer_t timer) {
  siginfo_t info = {0};
  int taken = 0, same = 1;
  for (int tries = 0; tries < 9 && (taken != 1 || info.si_overrun < 10); ++tries) {
    set_ms(timer, 10, 10);
    nap(205);
    for (taken = 0; take(&info); ++taken) same &= timer_getoverrun(timer) == info.si_overrun;
  }
  printf("taken %d, overruns %s, the same asked for: %d\n", taken, info.si_overrun >= 10 ? "many" : "few", same);
  nap(55);
  set_ms(timer, 0, 0);
  report("set anew, overruns", timer_getoverrun(timer));
}

static void unblocked(timer_t timer) {
  overruns = 0;
  for (int tries = 0; tries < 9 && overruns < 10; ++tries) {
    set_ms(timer, 5, 5);
    nap(205);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    nap(1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
  }
  printf("handled, overruns %s\n", overruns >= 10 ? "many" : "few");
  handled = 0;
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  while (handled < 20) nap(1);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void together(int how, int number) {
  siginfo_t info;
  timer_t timers[2] = {make(how, number, 1), make(how, number, 2)};
  for (int i = 0; i < 2; ++i) {
    set_ms(timers[i], 10, 0);
    nap(50);
  }
  kill(getpid(), number);
  while (take(&info)) printf("code %d, value %d\n", info.si_code, info.si_code == SI_TIMER ? info.si_int : 0);
  for (int i = 0; i < 2; ++i) MUST(timer_delete(timers[i]));
}

static void try(int how, int number, const char *name) {
  printf("%s, %d\n", name, number);
  timer_t timer = make(how, number, 3);
  blocked(timer);
  unblocked(timer);
  MUST(timer_delete(timer));
  report("overruns of a deleted one", timer_getoverrun(timer));
  together(how, number);
}

static void *run(void *unused) {
  try(SIGEV_THREAD_ID, SIGRTMIN, "to a thread");
  try(SIGEV_THREAD_ID, SIGUSR1, "to a thread");
  try(SIGEV_SIGNAL, SIGRTMIN, "to the process");
  try(SIGEV_SIGNAL, SIGUSR1, "to the process");
  return unused;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = count, .sa_flags = SA_SIGINFO};
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  sigaddset(&set, SIGUSR1);
  sigaction(SIGRTMIN, &action, NULL);
  sigaction(SIGUSR1, &action, NULL);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  finish(start(run, NULL));
  return 0;
}
