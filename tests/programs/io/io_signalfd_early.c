// A descriptor for a signal, made by syscall(2) before the first thread, which sends that to the process: tgtd's.
#include "check.h"
#include <sys/signalfd.h>
#include <sys/syscall.h>

static void *sender(void *unused) {
  settle();
  kill(getpid(), SIGUSR2);
  return unused;
}

int main(void) {
  const uint64_t mask = 1ull << (SIGUSR2 - 1);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  const int fd = (int)MUST(syscall(SYS_signalfd, -1, &mask, 8));
  pthread_t thread = start(sender, NULL);
  struct pollfd poller = {.fd = fd, .events = POLLIN};
  report("poll", poll(&poller, 1, 5000));
  struct signalfd_siginfo info;
  if (poller.revents) report("read", read(fd, &info, sizeof info));
  finish(thread);
  return 0;
}
