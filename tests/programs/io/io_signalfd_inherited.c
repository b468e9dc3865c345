// A descriptor for a signal that the process was started with: execve(2) keeps it, and the signals blocked.
#include "check.h"
#include <sys/signalfd.h>

static void *sender(void *unused) {
  settle();
  kill(getpid(), SIGUSR2);
  return unused;
}

static void begin_again(char *name) {
  char number[16];
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  sprintf(number, "%d", (int)MUST(signalfd(-1, &set, 0)));
  MUST(execl("/proc/self/exe", name, number, NULL));
}

int main(int count, char **words) {
  if (count < 2) begin_again(words[0]);
  const int fd = atoi(words[1]);
  const pthread_t thread = start(sender, NULL);
  struct pollfd poller = {.fd = fd, .events = POLLIN};
  report("poll", poll(&poller, 1, 5000));
  struct signalfd_siginfo info;
  if (poller.revents) report("read", read(fd, &info, sizeof info));
  finish(thread);
  return 0;
}
