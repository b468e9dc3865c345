// setitimer() and timer_create() signals end main's read() and sigsuspend(); threads go on. setitimer(2)
#include "check.h"
#include <sys/time.h>

static volatile sig_atomic_t alarms;
static int ends[2], other[2];

static void handler(int signal) {
  (void)signal;
  ++alarms;
}

static void *worker(void *unused) {
  (void)unused;
  sigset_t set;
  char byte;
  sigfillset(&set);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  while (read(other[0], &byte, 1) == 1)
    MUST(write(other[0], &byte, 1));
  return NULL;
}

static void interval_timer(void) {
  char byte;
  struct itimerval interval = {{0, 0}, {0, 150000}};
  long from = now_ms();
  MUST(setitimer(ITIMER_REAL, &interval, NULL));
  report("read", read(ends[0], &byte, 1));
  took_about("setitimer", from, 149);
}

static void posix_timer(void) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
  struct itimerspec when = {{0, 0}, {0, 90000000}};
  timer_t timer;
  sigset_t set, before;
  sigemptyset(&set);
  sigaddset(&set, SIGALRM);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  long from = now_ms();
  MUST(timer_create(CLOCK_MONOTONIC, &event, &timer));
  MUST(timer_settime(timer, 0, &when, NULL));
  report("sigsuspend", sigsuspend(&before));
  took_about("timer_create", from, 90);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int main(void) {
  char byte;
  struct sigaction action = {.sa_handler = handler};
  sigaction(SIGALRM, &action, NULL);
  MUST(pipe(ends));
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, other));
  pthread_t thread = start(worker, NULL);
  settle();
  interval_timer();
  posix_timer();
  printf("alarm before: %u\n", alarm(100));
  printf("alarm left: %u\n", alarm(0));
  MUST(write(other[1], "x", 1));
  report("the worker answers", read(other[1], &byte, 1));
  shutdown(other[1], SHUT_WR);
  printf("worker %s, alarms %d\n", finish(thread) == NULL ? "done" : "failed", alarms);
  return 0;
}
