// A signal that has a descriptor goes to a thread that does not block it, or waits for it, all the same; in a
// fork's child, too. signalfd(2), signal(7)
#include "check.h"
#include <sys/signalfd.h>

static volatile sig_atomic_t handled;
static sigset_t set;
static int fd;

static void count(int number) {
  (void)number;
  ++handled;
}

static int readable(int ms) {
  struct pollfd poller = {.fd = fd, .events = POLLIN};
  return poll(&poller, 1, ms);
}

static void *sender(void *unused) {
  settle();
  kill(getpid(), SIGUSR1);
  return unused;
}

static void *waiter(void *unused) {
  int number = 0;
  sigwait(&set, &number);
  report("awaited", number);
  return unused;
}

static void *open_one(void *unused) {
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  report("sleep", usleep(2000000));
  report("handled", handled);
  return unused;
}

// From here on the calling thread blocks the signal, and only who is told to takes it.
static void go_on(void) {
  pthread_t one = start(open_one, NULL);
  finish(start(sender, NULL));
  finish(one);
  one = start(waiter, NULL);
  settle();
  kill(getpid(), SIGUSR1);
  finish(one);
  report("left", readable(0));
  finish(start(sender, NULL));
  report("left", readable(5000));
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  report("handled", handled);
  report("left", readable(0));
  pthread_kill(pthread_self(), SIGUSR1);
  report("handled", handled);
  kill(getpid(), SIGUSR1);
  report("handled", handled);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  finish(start(sender, NULL));
  report("left", readable(5000));
  struct signalfd_siginfo info;
  report("read", read(fd, &info, sizeof info));
}

int main(void) {
  struct sigaction action = {.sa_handler = count};
  sigaction(SIGUSR1, &action, NULL);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  fd = (int)MUST(signalfd(-1, &set, 0));
  fflush(stdout);
  const pid_t child = (pid_t)MUST(fork());
  if (child) waitpid(child, NULL, 0);
  go_on();
  return 0;
}
