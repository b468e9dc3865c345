// Timers and queues that notify: by a signal, by a signal to one thread, by a new thread. timer_create(2),
// sigevent(7)
#include "check.h"
#include <mqueue.h>
#include <sys/syscall.h>
#include <sys/time.h>

static volatile sig_atomic_t expirations;
static volatile pid_t handled_by;
static volatile int value, code;
static sem_t handled, ready, over;
static volatile pid_t tids[2];

static pid_t tid(void) { return (pid_t)syscall(SYS_gettid); }

static void handler(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  handled_by = tid();
  value = info->si_value.sival_int;
  code = info->si_code;
  ++expirations;
  sem_post(&handled);
}

static const char* code_name(void) {
  return code == SI_TIMER    ? "SI_TIMER"
         : code == SI_KERNEL ? "SI_KERNEL"
         : code == SI_MESGQ  ? "SI_MESGQ"
                             : "?";
}

static void* waits(void* number) {
  tids[(intptr_t)number] = tid();
  sem_post(&ready);
  while (sem_wait(&over) < 0) continue;
  return NULL;
}

static const char* who(void) {
  return handled_by == getpid()  ? "main"
         : handled_by == tids[0] ? "the first"
         : handled_by == tids[1] ? "the second"
                                 : "?";
}

static void wait_handled(void) {
  while (sem_wait(&handled) < 0) continue;
}

static struct itimerspec soon(long interval_ms) {
  return (struct itimerspec){{0, interval_ms * 1000000}, {0, 20000000}};
}

// A timer for one thread is handled in that one, every time.
static void to_threads(clockid_t clock, const char* name) {
  for (int i = 0; i < 2; ++i) {
    struct sigevent event = {
        .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1, .sigev_value.sival_int = i + 7};
    timer_t timer;
    event._sigev_un._tid = tids[i];
    expirations = 0;
    struct itimerspec when = soon(15);
    MUST(timer_create(clock, &event, &timer));
    MUST(timer_settime(timer, 0, &when, NULL));
    int same = 0;
    for (int j = 0; j < 3; ++j) {
      wait_handled();
      same += handled_by == tids[i];
    }
    MUST(timer_delete(timer));
    printf("%s: to a thread, %d times handled there, %s, value %d\n", name, same, code_name(), value);
  }
  struct sigevent nobody = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
  timer_t timer;
  nobody._sigev_un._tid = 1;
  report("to no thread of ours", timer_create(clock, &nobody, &timer));
}

static void to_process(void) {
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42};
  timer_t timer;
  struct itimerspec when = soon(0), left;
  MUST(timer_create(CLOCK_REALTIME, &event, &timer));
  MUST(timer_settime(timer, 0, &when, NULL));
  wait_handled();
  printf("to the process: %s, %s, value %d\n", who(), code_name(), value);
  when.it_value.tv_sec = 100;
  MUST(timer_settime(timer, 0, &when, NULL));
  MUST(timer_gettime(timer, &left));
  printf("left: %d, overrun %d\n", left.it_value.tv_sec >= 98, timer_getoverrun(timer));
  MUST(timer_delete(timer));
  report("deleted", timer_gettime(timer, &left));
  MUST(timer_create(CLOCK_MONOTONIC, NULL, &timer));
  MUST(timer_delete(timer));
}

static volatile int notified;

static void in_new_thread(union sigval given) {
  notified = given.sival_int + (tid() != getpid());
  sem_post(&handled);
}

static void by_threads(void) {
  struct sigevent event = {
      .sigev_notify = SIGEV_THREAD, .sigev_value.sival_int = 10, .sigev_notify_function = in_new_thread};
  timer_t timer;
  struct itimerspec when = soon(0);
  MUST(timer_create(CLOCK_MONOTONIC, &event, &timer));
  MUST(timer_settime(timer, 0, &when, NULL));
  wait_handled();
  printf("SIGEV_THREAD: %d\n", notified);
  MUST(timer_delete(timer));
}

static void intervals(void) {
  struct itimerval interval = {{0, 15000}, {0, 15000}}, before;
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  MUST(setitimer(ITIMER_REAL, &interval, NULL));
  for (int i = 0; i < 5; ++i) wait_handled();
  memset(&interval, 0, sizeof interval);
  MUST(setitimer(ITIMER_REAL, &interval, &before));
  printf("setitimer: %s, %s, interval %ld\n", who(), code_name(), (long)before.it_interval.tv_usec);
  while (sem_trywait(&handled) == 0) continue;
  alarm(1);
  wait_handled();
  printf("alarm: %s\n", who());
}

static void queues(void) {
  struct mq_attr attributes = {.mq_maxmsg = 2, .mq_msgsize = 8};
  char name[32], text[8];
  snprintf(name, sizeof name, "/program-timers-%d", getpid());
  mqd_t queue = MUST(mq_open(name, O_CREAT | O_RDWR, 0600, &attributes));
  mq_unlink(name);
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 5};
  MUST(mq_notify(queue, &event));
  report("a second one", mq_notify(queue, &event));
  MUST(mq_send(queue, "x", 1, 0));
  wait_handled();
  printf("mq_notify: %s, %s, value %d\n", who(), code_name(), value);
  MUST(mq_receive(queue, text, 8, NULL));
  event = (struct sigevent){
      .sigev_notify = SIGEV_THREAD, .sigev_value.sival_int = 20, .sigev_notify_function = in_new_thread};
  MUST(mq_notify(queue, &event));
  MUST(mq_send(queue, "y", 1, 0));
  wait_handled();
  printf("mq_notify, SIGEV_THREAD: %d\n", notified);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
  pthread_t threads[2];
  MUST(sem_init(&handled, 0, 0));
  MUST(sem_init(&ready, 0, 0));
  MUST(sem_init(&over, 0, 0));
  sigaction(SIGUSR1, &action, NULL);
  for (long i = 0; i < 2; ++i) threads[i] = start(waits, (void*)i);
  for (int i = 0; i < 2; ++i) sem_wait(&ready);
  to_process();
  to_threads(CLOCK_REALTIME, "CLOCK_REALTIME");
  to_threads(CLOCK_MONOTONIC, "CLOCK_MONOTONIC");
  by_threads();
  intervals();
  queues();
  for (int i = 0; i < 2; ++i) sem_post(&over);
  for (int i = 0; i < 2; ++i) finish(threads[i]);
  return 0;
}
