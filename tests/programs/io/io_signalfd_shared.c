// Descriptors that come and go, threads that take the signal now and then: each one sent is had by one of them.
#include "check.h"
#include <stdatomic.h>
#include <sys/signalfd.h>

enum { sent = 2000 };

static atomic_int had, done;
static sigset_t set;

static void count(int number) {
  (void)number;
  ++had;
}

static void *unblocks(void *unused) {
  while (!done) {
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    usleep(200);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    usleep(1500);
  }
  return unused;
}

static void *waits(void *unused) {
  const struct timespec timeout = {.tv_nsec = 500000};
  while (!done) {
    had += sigtimedwait(&set, NULL, &timeout) > 0;
    usleep(1000);
  }
  return unused;
}

static void *reads(void *unused) {
  while (!done) {
    const int fd = (int)MUST(signalfd(-1, &set, SFD_NONBLOCK));
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    struct signalfd_siginfo info;
    for (int i = 0; i < 20; ++i)
      while (poll(&poller, 1, 1) > 0 && read(fd, &info, sizeof info) == sizeof info)
        ++had;
    close(fd);
  }
  return unused;
}

// Sends to the process while those threads run, and waits for all to be had.
static void go(const char *what, void *(*first)(void *), void *(*second)(void *)) {
  had = done = 0;
  pthread_t readers = start(reads, NULL), one = start(first, NULL), two = start(second, NULL);
  for (int i = 0; i < sent; ++i) {
    while (sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = i}) != 0)
      usleep(1000);
    if (i % 16 == 0) usleep(200);
  }
  for (int i = 0; i < 5000 && had < sent; ++i)
    usleep(1000);
  done = 1;
  finish(readers);
  finish(one);
  finish(two);
  printf("%s: %d\n", what, had);
}

int main(void) {
  signal(SIGRTMIN + 1, count);
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 1);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  go("two read", reads, reads);
  go("one reads, others unblock", unblocks, unblocks);
  go("one reads, others wait and unblock", waits, unblocks);
  return 0;
}
