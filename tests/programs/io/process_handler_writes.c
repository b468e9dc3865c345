// A handler that write()s to a pipe (the self-pipe trick) reaches a thread in poll(). signal-safety(7)
#include "check.h"

static int tube[2];

static void handler(int signal) {
  int saved = errno;
  char byte = (char)signal;
  if (write(tube[1], &byte, 1) != 1)
    abort();
  errno = saved;
}

static void *loop(void *unused) {
  (void)unused;
  int counts[65] = {0};
  for (int got = 0; got < 30;) {
    unsigned char space[8];
    struct pollfd wait = {tube[0], POLLIN, 0};
    if (poll(&wait, 1, -1) < 0 && errno == EINTR)
      continue;
    ssize_t n = read(tube[0], space, sizeof space);
    for (ssize_t i = 0; i < n; ++i, ++got)
      ++counts[space[i]];
  }
  printf("SIGUSR1 %d, SIGUSR2 %d, SIGHUP %d\n", counts[SIGUSR1], counts[SIGUSR2], counts[SIGHUP]);
  return NULL;
}

int main(void) {
  const int signals[] = {SIGUSR1, SIGUSR2, SIGHUP};
  struct sigaction action = {.sa_handler = handler};
  for (int i = 0; i < 3; ++i)
    sigaction(signals[i], &action, NULL);
  MUST(pipe(tube));
  pthread_t thread = start(loop, NULL);
  settle();
  for (int i = 0; i < 30; ++i) {
    raise(signals[i % 3]);
    if (i % 5 == 0)
      nap(2);
  }
  finish(thread);
  return 0;
}
