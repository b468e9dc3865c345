// 100,000 signals, to the process and to threads, while these move bytes: no byte and no queued signal is
// lost. signal(7)
#include "check.h"

enum { pairs = 8, rounds = 10000, signals = 50000 };

static volatile sig_atomic_t plain;
static int queued;
static int ends[pairs][2];

static void on_plain(int signal) {
  (void)signal;
  plain = 1;
}

static void on_queued(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  __atomic_fetch_add(&queued, info->si_value.sival_int, __ATOMIC_RELAXED);
}

static long exchange(int fd, int first) {
  long sum = 0;
  for (int i = 0; i < rounds; ++i) {
    int value = i;
    if (first) MUST(write(fd, &value, sizeof value) == sizeof value ? 0 : -1);
    MUST(read(fd, &value, sizeof value) == sizeof value ? 0 : -1);
    sum += value;
    if (!first) MUST(write(fd, &value, sizeof value) == sizeof value ? 0 : -1);
  }
  return sum;
}

static void *asks(void *pair) { return (void *)exchange(ends[(long)pair][0], 1); }
static void *answers(void *pair) { return (void *)exchange(ends[(long)pair][1], 0); }

int main(void) {
  struct sigaction action = {.sa_handler = on_plain, .sa_flags = SA_RESTART};
  MUST(sigaction(SIGUSR1, &action, NULL));
  action = (struct sigaction){.sa_sigaction = on_queued, .sa_flags = SA_RESTART | SA_SIGINFO};
  MUST(sigaction(SIGRTMIN, &action, NULL));
  pthread_t threads[2 * pairs];
  for (long i = 0; i < pairs; ++i) {
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends[i]));
    threads[2 * i] = start(asks, (void *)i);
    threads[2 * i + 1] = start(answers, (void *)i);
  }
  for (int i = 0; i < signals; ++i) {
    MUST(kill(getpid(), SIGUSR1));
    while (sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 1}) < 0) sched_yield();
  }
  long sum = 0;
  for (int i = 0; i < 2 * pairs; ++i) sum += (long)finish(threads[i]);
  printf("sum %ld, plain %d, queued %d\n", sum, (int)plain, __atomic_load_n(&queued, __ATOMIC_RELAXED));
  return 0;
}
