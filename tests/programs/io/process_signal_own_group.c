// Signals sent to the own process without naming it: handled before the call that sends them returns. kill(2)
#include "check.h"

#include <sys/syscall.h>

enum { rounds = 200 };

static volatile sig_atomic_t handled;

static void handler(int signal) { handled += signal == SIGUSR1; }

static void *sleeper(void *unused) {
  for (;;)
    pause();
  return unused;
}

static long by_group(void) { return kill(0, SIGUSR1); }
static long by_group_number(void) { return kill(-getpgrp(), SIGUSR1); }
static long by_killpg(void) { return killpg(getpgrp(), SIGUSR1); }

static long by_descriptor(void) {
  const int process = (int)syscall(SYS_pidfd_open, getpid(), 0);
  const long result = syscall(SYS_pidfd_send_signal, process, SIGUSR1, NULL, 0);
  close(process);
  return result;
}

static void send_all(const char *way, long (*send)(void)) {
  int in_time = 0;
  handled = 0;
  for (int i = 1; i <= rounds; ++i)
    in_time += send() == 0 && handled == i;
  printf("%s: %d of %d\n", way, in_time, rounds);
}

int main(void) {
  struct sigaction action = {.sa_handler = handler};
  if (getpgrp() != getpid())
    MUST(setpgid(0, 0));
  MUST(sigaction(SIGUSR1, &action, NULL));
  // A thread that does not take it: the kernel prefers the one that sends, if it is the first.
  start(sleeper, NULL);
  send_all("kill(0)", by_group);
  send_all("kill(-group)", by_group_number);
  send_all("killpg", by_killpg);
  send_all("pidfd_send_signal", by_descriptor);
  report("pidfd_send_signal to no descriptor", syscall(SYS_pidfd_send_signal, -1, SIGUSR1, NULL, 0));
  report("kill of no group", kill(-0x7ffffff0, SIGUSR1));
  return 0;
}
