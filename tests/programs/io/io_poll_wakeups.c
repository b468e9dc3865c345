// poll() wakes for readable, writable and hung-up descriptors and reports only those; timeouts hold. poll(2)
#include "check.h"

static int a[2], b[2];
static sem_t turn, done;

static void *waiter(void *unused) {
  (void)unused;
  for (int round = 0; round < 4; ++round) {
    struct pollfd wait[3] = {{a[0], POLLIN, 0}, {b[0], POLLIN | POLLPRI, 0}, {-1, POLLIN, 77}};
    report("poll", poll(wait, 3, round == 0 ? 120 : 5000));
    for (int i = 0; i < 3; ++i)
      printf("  %#x", wait[i].revents);
    printf("\n");
    sem_post(&done);
    sem_wait(&turn);
  }
  struct pollfd full = {a[1], POLLOUT, 0};
  report("poll for room", poll(&full, 1, 5000));
  printf("  %#x\n", full.revents);
  return NULL;
}

int main(void) {
  char space[4096] = "";
  MUST(pipe(a));
  MUST(pipe(b));
  long from = now_ms();
  pthread_t thread = start(waiter, NULL);
  sem_wait(&done);
  took_about("timeout", from, 120);
  sem_post(&turn);
  settle();
  MUST(write(b[1], "x", 1));
  sem_wait(&done);
  MUST(read(b[0], space, 1));
  sem_post(&turn);
  settle();
  MUST(write(a[1], "x", 1));
  sem_wait(&done);
  close(b[1]);
  sem_post(&turn);
  sem_wait(&done);
  MUST(fcntl(a[1], F_SETFL, O_NONBLOCK));
  while (write(a[1], space, sizeof space) > 0)
    continue;
  sem_post(&turn);
  settle();
  while (poll(&(struct pollfd){a[0], POLLIN, 0}, 1, 0) == 1)
    MUST(read(a[0], space, sizeof space));
  finish(thread);
  return 0;
}
