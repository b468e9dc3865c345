// signalfd: a thread reads signals that all threads block, while others go on. signalfd(2)
#include "check.h"
#include <sys/signalfd.h>

static int fd;
static sem_t next;

static void *reader(void *unused) {
  (void)unused;
  for (int i = 0; i < 4; ++i) {
    struct signalfd_siginfo info;
    report("read", read(fd, &info, sizeof info));
    printf("  %s, code %d, value %d\n", strsignal((int)info.ssi_signo), info.ssi_code, info.ssi_int);
    printf("  from this process: %d\n", info.ssi_pid == (uint32_t)getpid());
    sem_post(&next);
  }
  return NULL;
}

int main(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGRTMIN);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  fd = MUST(signalfd(-1, &set, 0));
  pthread_t thread = start(reader, NULL);
  settle();
  kill(getpid(), SIGUSR1);
  sem_wait(&next);
  settle();
  kill(getpid(), SIGTERM);
  sem_wait(&next);
  for (int i = 0; i < 2; ++i)
    MUST(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 40 + i}));
  finish(thread);
  return 0;
}
