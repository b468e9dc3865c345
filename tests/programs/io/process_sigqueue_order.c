// A signal that another process has queued comes before one that the process queues itself once it knows of
// that. sigqueue(3), signal(7)
#include "check.h"

enum { rounds = 3000 };

static sigset_t set;

static void *take_pairs(void *unused) {
  (void)unused;
  siginfo_t info;
  long in_order = 0;
  for (int i = 0; i < rounds; ++i) {
    MUST(sigwaitinfo(&set, &info));
    const int first = info.si_value.sival_int;
    MUST(sigwaitinfo(&set, &info));
    in_order += first == 2 * i && info.si_value.sival_int == 2 * i + 1;
  }
  return (void *)in_order;
}

static void queue(pid_t process, int value) {
  while (sigqueue(process, SIGRTMIN, (union sigval){.sival_int = value}) < 0) nap(1);
}

// Queues the first of each pair when it is told to, and says so.
static void help(int channel) {
  char byte;
  for (int i = 0; i < rounds; ++i) {
    if (read(channel, &byte, 1) != 1) break;
    queue(getppid(), 2 * i);
    MUST(write(channel, &byte, 1));
  }
  _exit(0);
}

int main(void) {
  int channel[2];
  char byte = 0;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
  if (MUST(fork()) == 0) {
    close(channel[0]);
    help(channel[1]);
  }
  pthread_t thread = start(take_pairs, NULL);
  for (int i = 0; i < rounds; ++i) {
    MUST(write(channel[0], &byte, 1));
    MUST(read(channel[0], &byte, 1));
    queue(getpid(), 2 * i + 1);
  }
  printf("in order: %ld of %d\n", (long)finish(thread), rounds);
  MUST(wait(NULL));
  return 0;
}
