// What main does not block is main's, whoever else waits for it: handled, ignored, or awaited. signal(7), sigwait(3)
#include "check.h"

static pthread_t main_thread;
static volatile sig_atomic_t in_main, elsewhere;
static sigset_t set;
static struct timespec timeout = {.tv_nsec = 300000000};

static void count(int number) {
  (void)number;
  if (pthread_equal(pthread_self(), main_thread))
    ++in_main;
  else
    ++elsewhere;
}

static void *waiter(void *unused) {
  (void)unused;
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  return (void *)(intptr_t)sigtimedwait(&set, NULL, &timeout);
}

static void *sender(void *number) {
  kill(getpid(), (int)(intptr_t)number);
  return NULL;
}

// Sends it, from main or from another thread, while one waits for it.
static void try_with(const char *what, int number, int from_main) {
  sigemptyset(&set);
  sigaddset(&set, number);
  pthread_t thread = start(waiter, NULL);
  settle();
  in_main = elsewhere = 0;
  if (from_main)
    kill(getpid(), number);
  else
    finish(start(sender, (void *)(intptr_t)number));
  const long awaited = (long)(intptr_t)finish(thread);
  printf("%s: in main %d, elsewhere %d, awaited %ld\n", what, in_main, elsewhere, awaited);
}

int main(void) {
  main_thread = pthread_self();
  signal(SIGUSR1, count);
  try_with("handled", SIGUSR1, 1);
  try_with("handled, sent by another", SIGUSR1, 0);
  try_with("ignored by default", SIGURG, 1);
  signal(SIGUSR2, SIG_IGN);
  try_with("ignored, sent by another", SIGUSR2, 0);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGURG);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  timeout.tv_sec = 20;
  try_with("blocked", SIGUSR1, 1);
  try_with("blocked, ignored by default", SIGURG, 0);
  return 0;
}
