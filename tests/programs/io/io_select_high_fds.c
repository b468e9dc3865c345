// select() across the words of fd_set: sets updated, the count counts bits, time left reported. select(2)
#include "check.h"
#include <sys/select.h>

static int numbers[] = {5, 63, 64, 200, 1023};
static int writers[5];
static struct outcome got[3];
static int set[3][5], others[3];

static void *waiter(void *unused) {
  (void)unused;
  for (int round = 0; round < 3; ++round) {
    fd_set in;
    FD_ZERO(&in);
    for (int i = 0; i < 5; ++i)
      FD_SET(numbers[i], &in);
    got[round] = seen(select(1024, &in, NULL, NULL, NULL));
    for (int fd = 0; fd < 1024; ++fd)
      others[round] += FD_ISSET(fd, &in) != 0;
    for (int i = 0; i < 5; ++i) {
      char byte;
      set[round][i] = FD_ISSET(numbers[i], &in) != 0;
      if (set[round][i])
        MUST(read(numbers[i], &byte, 1));
    }
  }
  return NULL;
}

static void without_waiting(void) {
  struct timeval limit = {0, 70000};
  fd_set in;
  FD_ZERO(&in);
  FD_SET(1023, &in);
  report("select", select(1024, &in, NULL, NULL, &limit));
  printf("time left: %ld s %ld us\n", (long)limit.tv_sec, (long)limit.tv_usec);
  report("nfds -1", select(-1, NULL, NULL, NULL, NULL));
  FD_SET(900, &in);
  report("a closed descriptor", select(1024, &in, NULL, NULL, &limit));
}

// Pipes whose reading ends have the numbers wanted.
static void make_pipes(void) {
  for (int i = 0; i < 5; ++i) {
    int ends[2];
    MUST(pipe(ends));
    writers[i] = fcntl(ends[1], F_DUPFD, 300);
    close(ends[1]);
    int high = fcntl(ends[0], F_DUPFD, 400);
    close(ends[0]);
    MUST(dup2(high, numbers[i]));
    close(high);
  }
}

int main(void) {
  make_pipes();
  pthread_t thread = start(waiter, NULL);
  const int order[3] = {4, 2, 1};
  for (int i = 0; i < 3; ++i) {
    settle();
    MUST(write(writers[order[i]], "x", 1));
  }
  finish(thread);
  for (int round = 0; round < 3; ++round) {
    tell("select", got[round]);
    for (int i = 0; i < 5; ++i)
      printf("  %d:%d", numbers[i], set[round][i]);
    printf("  in all %d\n", others[round]);
  }
  without_waiting();
  return 0;
}
