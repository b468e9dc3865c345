// shutdown() by another thread wakes blocked readers, pollers and acceptors. shutdown(2)
#include "check.h"

static int ends[2], local[2], listener;

static void *reader(void *fd) {
  char byte;
  return (void *)read(*(int *)fd, &byte, 1);
}

static void *poller(void *unused) {
  (void)unused;
  struct pollfd wait = {ends[0], POLLIN, 0};
  return (void *)(long)(poll(&wait, 1, -1) * 0x1000 + wait.revents);
}

static void *acceptor(void *out) {
  *(struct outcome *)out = seen(accept(listener, NULL, NULL));
  return NULL;
}

int main(void) {
  struct sockaddr_in where;
  struct outcome accepted = {0, 0};
  tcp_pair(ends);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, local));
  listener = listen_on_loopback(&where, 4);
  pthread_t a = start(reader, &ends[0]), b = start(reader, &local[0]), c = start(poller, NULL);
  pthread_t d = start(acceptor, &accepted);
  settle();
  report("shutdown TCP, reading", shutdown(ends[0], SHUT_RD));
  report("shutdown Unix", shutdown(local[0], SHUT_RDWR));
  report("shutdown listener", shutdown(listener, SHUT_RDWR));
  printf("TCP read: %ld\n", (long)finish(a));
  printf("Unix read: %ld\n", (long)finish(b));
  printf("poll: %#lx\n", (long)finish(c));
  finish(d);
  tell("accept", accepted);
  signal(SIGPIPE, SIG_IGN);
  report("write after shutdown", write(local[0], "x", 1));
  report("write by its peer", write(local[1], "x", 1));
  return 0;
}
