// Workers block a signal, so main's handler takes what is sent to the process, in main. pthread_sigmask(3)
#include "check.h"

static pthread_t main_thread;
static int ends[2];
static volatile sig_atomic_t in_main, elsewhere;

static void handler(int signal) {
  (void)signal;
  if (pthread_equal(pthread_self(), main_thread))
    ++in_main;
  else
    ++elsewhere;
}

static void *worker(void *unused) {
  (void)unused;
  char byte;
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  return (void *)(read(ends[0], &byte, 1) + 10 * sigismember(&mask, SIGTERM));
}

static void *sender(void *unused) {
  (void)unused;
  for (int i = 1; i <= 5; ++i) {
    kill(getpid(), SIGTERM);
    while (in_main + elsewhere < i)
      nap(1);
  }
  MUST(write(ends[1], "12345", 5));
  return NULL;
}

int main(void) {
  pthread_t thread[5];
  sigset_t set, before;
  struct sigaction action = {.sa_handler = handler};
  main_thread = pthread_self();
  MUST(pipe(ends));
  sigaction(SIGTERM, &action, NULL);
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  for (int i = 0; i < 5; ++i)
    thread[i] = start(worker, NULL);
  pthread_t s = start(sender, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  finish(s);
  for (int i = 0; i < 5; ++i)
    printf("worker: %ld\n", (long)finish(thread[i]));
  printf("in main %d, elsewhere %d\n", in_main, elsewhere);
  return 0;
}
