// raise() and kill(getpid()) in a thread: raise runs the handler right there, before it returns. raise(3)
#include "check.h"

static volatile sig_atomic_t count, in_raiser;
static __thread int raising;

static void handler(int signal, siginfo_t *info, void *context) {
  (void)context;
  count += signal == info->si_signo;
  in_raiser += raising;
}

static void *raiser(void *unused) {
  (void)unused;
  raising = 1;
  for (int i = 1; i <= 5; ++i) {
    raise(SIGUSR2);
    if (count != i)
      return (void *)1;
    nap(1);
  }
  raising = 0;
  return NULL;
}

static void *killer(void *unused) {
  (void)unused;
  kill(getpid(), SIGUSR2);
  while (count < 6)
    nap(1);
  return (void *)(long)kill(getpid(), 0);
}

int main(void) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  sigaction(SIGUSR2, &action, NULL);
  printf("raise is synchronous: %d\n", finish(start(raiser, NULL)) == NULL);
  printf("in the raising thread: %d\n", in_raiser);
  report("kill of signal 0", (long)finish(start(killer, NULL)));
  printf("handled: %d\n", count);
  report("kill of nobody", kill(0x7ffffff0, 0));
  return 0;
}
