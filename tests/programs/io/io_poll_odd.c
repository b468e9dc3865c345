// poll(): POLLNVAL, negative descriptors, none at all (a sleep), POLLHUP, POLLRDHUP, POLLERR. poll(2)
#include "check.h"

static void show(const char *what, int fd, int events, int ms) {
  struct pollfd wait = {fd, (short)events, 0};
  int n = poll(&wait, 1, ms);
  printf("%s: %d, %#x\n", what, n, wait.revents);
}

static void *attempts(void *unused) {
  (void)unused;
  int ends[2];
  long from = now_ms();
  report("poll of none", poll(NULL, 0, 80));
  took_about("poll of none", from, 80);
  struct pollfd mixed[3] = {{-5, POLLIN, 1}, {12345, POLLIN, 0}, {-1, 0, 1}};
  report("poll of a closed one, for ever", poll(mixed, 3, -1));
  printf("  %#x %#x %#x\n", mixed[0].revents, mixed[1].revents, mixed[2].revents);
  show("negative", -1, POLLIN, 30);
  MUST(pipe(ends));
  show("writer open", ends[0], POLLIN, 0);
  close(ends[1]);
  show("writer closed", ends[0], POLLIN, -1);
  show("nothing asked", ends[0], 0, -1);
  MUST(pipe(ends));
  close(ends[0]);
  show("reader closed", ends[1], POLLOUT, -1);
  tcp_pair(ends);
  shutdown(ends[1], SHUT_WR);
  show("peer shut down", ends[0], POLLIN | POLLRDHUP, 1000);
  show("POLLRDHUP alone", ends[0], POLLRDHUP, -1);
  close(ends[1]);
  shutdown(ends[0], SHUT_WR);
  show("both shut down", ends[0], 0, -1);
  show("fresh socket", socket(AF_INET, SOCK_STREAM, 0), POLLIN | POLLOUT, 0);
  return NULL;
}

static void *waiter(void *argument) {
  struct pollfd wait = {*(int *)argument, POLLIN | POLLRDHUP, 0};
  poll(&wait, 1, -1);
  return (void *)(long)wait.revents;
}

int main(void) {
  int local[2];
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, local));
  pthread_t b = start(waiter, &local[0]), a = start(attempts, NULL);
  finish(a);
  close(local[1]);
  printf("hung up under the waiter: %#lx\n", (long)finish(b));
  return 0;
}
