// ppoll() in threads: nanosecond timeouts, NULL waits for ever, the timespec is left alone by libc. ppoll(2)
#include "check.h"

static int ends[2];

static void *for_ever(void *unused) {
  (void)unused;
  struct pollfd wait = {ends[0], POLLIN, 0};
  return (void *)(long)(ppoll(&wait, 1, NULL, NULL) * 100 + wait.revents);
}

int main(void) {
  sigset_t none;
  struct timespec limit = {0, 80000001}, zero = {0, 0}, bad = {0, 1000000000};
  sigemptyset(&none);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  pthread_t thread = start(for_ever, NULL);
  struct pollfd wait = {ends[1], POLLIN, 0};
  long from = now_ms();
  report("ppoll", ppoll(&wait, 1, &limit, &none));
  took_about("80 ms", from, 80);
  printf("timespec: %ld s %ld ns\n", (long)limit.tv_sec, limit.tv_nsec);
  report("ppoll with no time", ppoll(&wait, 1, &zero, NULL));
  report("ppoll with a bad time", ppoll(&wait, 1, &bad, NULL));
  MUST(write(ends[1], "x", 1));
  printf("woken: %ld\n", (long)finish(thread));
  return 0;
}
