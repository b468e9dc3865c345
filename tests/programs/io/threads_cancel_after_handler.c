// A wait that went on after a handler, which made a cancellation point of its own, is cancelled like any other.
// pthreads(7), signal(7)
#include "check.h"

static int ends[2];

static void handler(int signal) {
  (void)signal;
  const struct timespec moment = {0, 1000};
  nanosleep(&moment, NULL);
}

static void *in_read(void *unused) {
  (void)unused;
  char byte;
  read(ends[0], &byte, 1);
  return NULL;
}

static void *in_accept(void *listener) {
  accept(*(int *)listener, NULL, NULL);
  return NULL;
}

static void *in_sleeps(void *unused) {
  for (;;) sleep(1000);
  return unused;
}

static void *in_polls(void *unused) {
  for (;;) poll(NULL, 0, -1);
  return unused;
}

static void interrupt_and_cancel(const char *what, void *(*wait)(void *), void *argument) {
  pthread_t thread = start(wait, argument);
  settle();
  pthread_kill(thread, SIGUSR1);
  settle();
  pthread_cancel(thread);
  printf("%s: %s\n", what, finish(thread) == PTHREAD_CANCELED ? "cancelled" : "returned");
}

int main(void) {
  const struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  struct sockaddr_in where;
  MUST(sigaction(SIGUSR1, &action, NULL));
  MUST(pipe(ends));
  int listener = listen_on_loopback(&where, 1);
  interrupt_and_cancel("read", in_read, NULL);
  interrupt_and_cancel("accept", in_accept, &listener);
  interrupt_and_cancel("sleep", in_sleeps, NULL);
  interrupt_and_cancel("poll", in_polls, NULL);
  return 0;
}
