// What pends when its descriptor is made is read there, with all that it says. signalfd(2)
#include "check.h"
#include <sys/signalfd.h>
#include <sys/syscall.h>

static void show_all(const char *what, int fd) {
  struct pollfd poller = {.fd = fd, .events = POLLIN};
  for (int i = 0; i < 8 && poll(&poller, 1, i ? 0 : 2000) == 1; ++i) {
    struct signalfd_siginfo info;
    MUST(read(fd, &info, sizeof info));
    printf("%s: %s, code %d, value %d, from %d\n", what, strsignal((int)info.ssi_signo), info.ssi_code, info.ssi_int,
           info.ssi_pid == (uint32_t)getpid());
  }
}

// To the process, that of one number twice: pending before anybody reads.
static void send_some(int number) {
  kill(getpid(), SIGUSR1);
  kill(getpid(), SIGUSR1);
  for (int i = 0; i < 3; ++i)
    MUST(sigqueue(getpid(), SIGRTMIN + number, (union sigval){.sival_int = 40 + i}));
  settle();
}

static void *by_libc(void *unused) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGRTMIN);
  send_some(0);
  const int fd = (int)MUST(signalfd(-1, &set, 0));
  show_all("signalfd", fd);
  sigaddset(&set, SIGRTMIN + 1);
  send_some(1);
  MUST(signalfd(fd, &set, 0));
  show_all("a wider mask", fd);
  close(fd);
  return unused;
}

static void *to_itself(void *unused) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  pthread_kill(pthread_self(), SIGUSR2);
  const int fd = (int)MUST(signalfd(-1, &set, 0));
  show_all("thread's", fd);
  pthread_kill(pthread_self(), SIGUSR2);
  show_all("thread's again", fd);
  close(fd);
  return unused;
}

static void *by_number(void *unused) {
  const uint64_t mask = 1ull << (SIGRTMIN + 2 - 1) | 1ull << (SIGUSR1 - 1);
  send_some(2);
  const int fd = (int)MUST(syscall(SYS_signalfd4, -1, &mask, sizeof mask, SFD_CLOEXEC));
  show_all("syscall", fd);
  close(fd);
  return unused;
}

static void *in_vain(void *unused) {
  sigset_t set;
  sigfillset(&set);
  report("no such descriptor", signalfd(12345, &set, 0));
  report("no mask", syscall(SYS_signalfd4, -1, 8, sizeof(uint64_t), 0));
  return unused;
}

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGUSR2);
  for (int i = 0; i < 3; ++i)
    sigaddset(&set, SIGRTMIN + i);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  finish(start(by_libc, NULL));
  finish(start(by_number, NULL));
  finish(start(to_itself, NULL));
  finish(start(in_vain, NULL));
  return 0;
}
