// An event loop beside threads that sleep: each round as the one before, and how its waits end. epoll_wait(2)
#include "check.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

enum { rounds = 200 };
static int epoll, event;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wanted = PTHREAD_COND_INITIALIZER;
static int work;
static volatile int handled;
static sem_t was_alone;

static void handler(int signal) { (void)signal; }

// Sleeps until there is work, which is to tell the loop.
static void *sleeper(void *unused) {
  for (;;) {
    pthread_mutex_lock(&mutex);
    while (!work) pthread_cond_wait(&wanted, &mutex);
    const int what = work;
    work = 0;
    pthread_mutex_unlock(&mutex);
    if (what < 0) return unused;
    MUST(eventfd_write(event, what));
  }
}

static void give(int what) {
  pthread_mutex_lock(&mutex);
  work = what;
  pthread_cond_signal(&wanted);
  pthread_mutex_unlock(&mutex);
}

static long wait_for_events(int milliseconds) {
  struct epoll_event got;
  return epoll_wait(epoll, &got, 1, milliseconds);
}

static long take(void) {
  eventfd_t count = 0;
  MUST(eventfd_read(event, &count));
  return count;
}

// The loop tells itself: nobody else runs.
static void alone(void) {
  long sum = 0;
  for (int i = 0; i < rounds; ++i) {
    MUST(eventfd_write(event, 1));
    sum += MUST(wait_for_events(-1)) * take();
  }
  printf("alone: %ld\n", sum);
}

static void with_work(void) {
  long sum = 0;
  for (int i = 0; i < rounds; ++i) {
    give(i + 1);
    MUST(wait_for_events(-1));
    sum += take();
  }
  printf("with work: %ld\n", sum);
}

static void *interrupt(void *thread) {
  for (sem_wait(&was_alone); !handled; nap(20)) pthread_kill(*(pthread_t *)thread, SIGUSR1);
  return NULL;
}

static void interrupted(int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigaction(SIGUSR1, &action, NULL);
  pthread_t self = pthread_self();
  pthread_t thread = start(interrupt, &self);
  handled = 0;
  alone();
  sem_post(&was_alone);
  report("interrupted", wait_for_events(10000));
  handled = 1;
  finish(thread);
}

static void *cancelled(void *unused) {
  alone();
  sem_post(&was_alone);
  report("not cancelled", wait_for_events(-1));
  return unused;
}

int main(void) {
  sem_init(&was_alone, 0, 0);
  epoll = MUST(epoll_create1(0));
  event = MUST(eventfd(0, 0));
  MUST(epoll_ctl(epoll, EPOLL_CTL_ADD, event, &(struct epoll_event){.events = EPOLLIN}));
  pthread_t thread = start(sleeper, NULL);
  alone();
  with_work();
  alone();
  const long begin = now_ms();
  report("nothing", wait_for_events(30));
  took_about("timeout", begin, 30);
  report("at once", wait_for_events(0));
  interrupted(0);
  interrupted(SA_RESTART);
  report("no events", epoll_wait(epoll, NULL, 0, -1));
  struct epoll_event got;
  report("no epoll", epoll_wait(event, &got, 1, -1));
  pthread_t loop = start(cancelled, NULL);
  sem_wait(&was_alone);
  settle();
  pthread_cancel(loop);
  printf("cancelled: %d\n", finish(loop) == PTHREAD_CANCELED);
  alone();
  fflush(stdout);
  if (fork() == 0) {
    alone();
    fflush(stdout);
    _exit(0);
  }
  int status;
  MUST(wait(&status));
  tell_status("child", status);
  give(-1);
  finish(thread);
  alone();
  return 0;
}
