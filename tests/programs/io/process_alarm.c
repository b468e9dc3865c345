// alarm(), setitimer() and timer_create() signals interrupt main's blocking read; threads go on. alarm(2)
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

int main(void) {
  char byte;
  struct sigaction action = {.sa_handler = handler};
  struct itimerval interval = {{0, 0}, {0, 120000}};
  struct itimerspec when = {{0, 0}, {0, 90000000}};
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
  timer_t timer;
  sigset_t set;
  sigaction(SIGALRM, &action, NULL);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, other));
  sigemptyset(&set);
  pthread_t thread = start(worker, NULL);
  settle();
  long from = now_ms();
  MUST(setitimer(ITIMER_REAL, &interval, NULL));
  report("read", read(ends[0], &byte, 1));
  took_about("setitimer", from, 119);
  from = now_ms();
  MUST(timer_create(CLOCK_MONOTONIC, &event, &timer));
  MUST(timer_settime(timer, 0, &when, NULL));
  report("sigsuspend", sigsuspend(&set));
  took_about("timer_create", from, 90);
  printf("alarm before: %u\n", alarm(100));
  printf("alarm left: %u\n", alarm(0));
  MUST(write(other[1], "x", 1));
  report("the worker answers", read(other[1], &byte, 1));
  shutdown(other[1], SHUT_WR);
  finish(thread);
  printf("alarms: %d\n", alarms);
  return 0;
}
