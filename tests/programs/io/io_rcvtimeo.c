// SO_RCVTIMEO: read, recv, recvfrom and accept give up with EAGAIN after the time, not before. socket(7)
#include "check.h"

static int limited(int fd, int ms) {
  struct timeval limit = {0, ms * 1000};
  MUST(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
  return fd;
}

static void *stream(void *unused) {
  (void)unused;
  int ends[2];
  char space[8];
  tcp_pair(ends);
  long from = now_ms();
  report("read", read(limited(ends[0], 120), space, 8));
  took_about("read", from, 120);
  from = now_ms();
  MUST(write(ends[1], "abc", 3));
  report("recv MSG_WAITALL", recv(ends[0], space, 8, MSG_WAITALL));
  took_about("recv MSG_WAITALL", from, 120);
  from = now_ms();
  struct iovec vector = {space, 8};
  report("readv", readv(ends[0], &vector, 1));
  took_about("readv", from, 120);
  return NULL;
}

static void *datagrams(void *out) {
  struct sockaddr_in where;
  char space[8];
  long from = now_ms();
  *(struct outcome *)out = seen(recvfrom(limited(udp_on_loopback(&where), 150), space, 8, 0, NULL, NULL));
  return (void *)(now_ms() - from);
}

static void *listener(void *out) {
  struct sockaddr_in where;
  long from = now_ms();
  *(struct outcome *)out = seen(accept(limited(listen_on_loopback(&where, 4), 200), NULL, NULL));
  return (void *)(now_ms() - from);
}

int main(void) {
  struct outcome got[2];
  pthread_t a = start(stream, NULL), b = start(datagrams, &got[0]), c = start(listener, &got[1]);
  finish(a);
  long waited = (long)finish(b);
  tell("recvfrom", got[0]);
  printf("recvfrom: %s\n", promptness(waited, 150));
  waited = (long)finish(c);
  tell("accept", got[1]);
  printf("accept: %s\n", promptness(waited, 200));
  return 0;
}
