// What pends of a timer goes when that is set anew or deleted. timer_settime(2), since Linux 6.13
#include "check.h"
#include <sys/syscall.h>
#include <sys/utsname.h>

static sigset_t set;

static int before_6_13(void) {
  struct utsname system;
  int major = 0, minor = 0;
  MUST(uname(&system));
  sscanf(system.release, "%d.%d", &major, &minor);
  return major < 6 || (major == 6 && minor < 13);
}

static void await_pending(void) {
  sigset_t pending;
  do {
    nap(7);
    sigpending(&pending);
  } while (!sigismember(&pending, SIGUSR1) && !sigismember(&pending, SIGRTMIN));
}

static timer_t ring(int how, int number) {
  const struct itimerspec soon = {{0, 5000000}, {0, 5000000}};
  struct sigevent event = {.sigev_notify = how, .sigev_signo = number};
  event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
  timer_t timer;
  MUST(timer_create(CLOCK_MONOTONIC, &event, &timer));
  MUST(timer_settime(timer, 0, &soon, NULL));
  await_pending();
  return timer;
}

static int pends(void) {
  const struct timespec at_once = {0, 0};
  return sigtimedwait(&set, NULL, &at_once) > 0;
}

static void try(int how, int number) {
  const struct itimerspec never = {{0, 0}, {0, 0}}, wrong = {{0, 0}, {0, -1}};
  timer_t timer = ring(how, number);
  report("set wrongly", timer_settime(timer, 0, &wrong, NULL));
  report("pends", pends());
  await_pending();
  MUST(timer_settime(timer, 0, &never, NULL));
  report("set anew, pends", pends());
  MUST(timer_delete(timer));
  MUST(timer_delete(ring(how, number)));
  report("deleted, pends", pends());
}

static void *run(void *unused) {
  try(SIGEV_THREAD_ID, SIGRTMIN);
  try(SIGEV_SIGNAL, SIGRTMIN);
  try(SIGEV_SIGNAL, SIGUSR1);
  return unused;
}

int main(void) {
  if (before_6_13()) {
    puts("a kernel before Linux 6.13");
    return 77;
  }
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  finish(start(run, NULL));
  return 0;
}
