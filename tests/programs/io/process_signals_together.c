// Signals that pend together are handled together, one on top of the other, also where a call has a mask of its
// own: the one that came off the queue last begins first, and those that a handler blocks wait. signal(7)
#include "check.h"

static volatile int begun[64], ended[64], begins, ends;

static void handler(int signal, siginfo_t *info, void *context) {
  (void)info, (void)context;
  begun[begins++] = signal;
  nap(1);
  ended[ends++] = signal;
}

static void tell_order(const char *what, struct outcome o) {
  tell(what, o);
  for (int i = 0; i < begins; ++i) printf("  %s begins, %s ends\n", sigabbrev_np(begun[i]), sigabbrev_np(ended[i]));
  begins = ends = 0;
}

static void raise_all(void) {
  static const int signals[] = {SIGUSR1, SIGHUP, SIGUSR2, SIGTERM, SIGUSR1};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; ++i) pthread_kill(pthread_self(), signals[i]);
}

static void *handle(void *unused) {
  sigset_t all, none;
  const struct timespec long_time = {5, 0};
  sigfillset(&all);
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  raise_all();
  tell_order("sigmask", seen(pthread_sigmask(SIG_SETMASK, &none, NULL)));
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  raise_all();
  tell_order("sigsuspend", seen(sigsuspend(&none)));
  raise_all();
  tell_order("ppoll", seen(ppoll(NULL, 0, &long_time, &none)));
  pthread_sigmask(SIG_SETMASK, &none, NULL);
  tell_order("the rest", seen(0));
  return unused;
}

static void handle_with(int blocked) {
  struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
  if (blocked) sigaddset(&action.sa_mask, blocked);
  MUST(sigaction(SIGUSR1, &action, NULL));
  MUST(sigaction(SIGUSR2, &action, NULL));
  MUST(sigaction(SIGHUP, &action, NULL));
  MUST(sigaction(SIGTERM, &action, NULL));
  finish(start(handle, NULL));
}

int main(void) {
  handle_with(0);
  puts("SIGUSR2 is blocked meanwhile");
  handle_with(SIGUSR2);
  return 0;
}
