// 20 pairs of threads play ping-pong over socketpairs and pipes at once; every ball is counted. socketpair(2)
#include "check.h"

enum { pairs = 20, rounds = 500 };
static int there[pairs][2], back[pairs][2];

static void *ping(void *argument) {
  long me = (long)argument, wrong = 0;
  for (int i = 0, got = -1; i < rounds; ++i) {
    MUST(write(there[me][1], &i, sizeof i));
    wrong += read_all(back[me][0], &got, sizeof got) != sizeof got || got != i * 2;
  }
  close(there[me][1]);
  return (void *)wrong;
}

static void *pong(void *argument) {
  long me = (long)argument, count = 0;
  for (int ball; read_all(there[me][0], &ball, sizeof ball) == sizeof ball; ++count) {
    ball *= 2;
    MUST(write(back[me][1], &ball, sizeof ball));
  }
  return (void *)count;
}

int main(void) {
  pthread_t a[pairs], b[pairs];
  long wrong = 0, count = 0;
  for (long i = 0; i < pairs; ++i) {
    MUST(i % 2 ? pipe(there[i]) : socketpair(AF_UNIX, SOCK_STREAM, 0, there[i]));
    MUST(i % 2 ? pipe(back[i]) : socketpair(AF_UNIX, SOCK_STREAM, 0, back[i]));
    a[i] = start(ping, (void *)i);
    b[i] = start(pong, (void *)i);
  }
  for (int i = 0; i < pairs; ++i) {
    wrong += (long)finish(a[i]);
    count += (long)finish(b[i]);
  }
  printf("balls %ld, wrong %ld\n", count, wrong);
  return 0;
}
