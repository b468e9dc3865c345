// readv and writev on a socket that never waits, and how many bytes are there: results, errors, the signal of
// a broken connection, and that they are where a cancelled thread ends. readv(2), pthreads(7)
#include "check.h"

#include <sys/ioctl.h>

static volatile sig_atomic_t broken;

static void on_broken(int signal) {
  broken += signal == SIGPIPE;
}

struct ends {
  int served, client;
};

static struct ends connection(void) {
  struct sockaddr_in where;
  const int listener = listen_on_loopback(&where, 1);
  const int client = connect_to(&where);
  const struct ends ends = {MUST(accept4(listener, NULL, NULL, SOCK_NONBLOCK)), client};
  close(listener);
  return ends;
}

static long take(int fd, char *text, size_t first, size_t second) {
  struct iovec parts[] = {{text, first}, {text + first, second}};
  return readv(fd, parts, 2);
}

static long give(int fd, char *text, size_t first, size_t second) {
  struct iovec parts[] = {{text, first}, {text + first, second}};
  return writev(fd, parts, 2);
}

static void until_readable(int fd) {
  struct pollfd entry = {fd, POLLIN, 0};
  MUST(poll(&entry, 1, -1));
}

static void exchanges(const struct ends *ends) {
  char text[16] = "";
  int there = -1;
  const struct iovec *volatile nowhere = (const struct iovec *)16;
  volatile int too_many = -1;
  report("readv of nothing", take(ends->served, text, 3, 5));
  report("FIONREAD of nothing", ioctl(ends->served, FIONREAD, &there));
  printf("%d there\n", there);
  MUST(write(ends->client, "unblocked", 9));
  until_readable(ends->served);
  report("FIONREAD", ioctl(ends->served, FIONREAD, &there));
  printf("%d there\n", there);
  report("readv", take(ends->served, text, 3, 5));
  printf("%.3s %.5s\n", text, text + 3);
  report("readv of the rest", take(ends->served, text, 3, 5));
  report("writev", give(ends->served, text, 3, 5));
  report("readv to nowhere", readv(ends->served, nowhere, 1));
  report("readv of too many", readv(ends->served, &(struct iovec){text, 1}, too_many));
  report("FIONREAD to nowhere", ioctl(ends->served, FIONREAD, 16));
  report("FIONREAD of nobody", ioctl(-1, FIONREAD, &there));
  report("readv of nobody", take(-1, text, 1, 1));
}

static void breaks(const struct ends *ends) {
  char text[16] = "";
  signal(SIGPIPE, on_broken);
  const struct linger at_once = {1, 0};
  MUST(setsockopt(ends->client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
  close(ends->client);
  until_readable(ends->served);
  report("readv of a broken one", take(ends->served, text, 3, 5));
  report("writev to a broken one", give(ends->served, text, 3, 5));
  printf("%d signals\n", (int)broken);
  signal(SIGPIPE, SIG_IGN);
  report("again, ignored", give(ends->served, text, 3, 5));
  printf("%d signals\n", (int)broken);
}

static void *exchanges_and_breaks(void *argument) {
  const struct ends ends = connection();
  exchanges(&ends);
  breaks(&ends);
  close(ends.served);
  return argument;
}

static sem_t disabled, cancelled;

static void *ends_in_readv(void *argument) {
  const struct ends ends = connection();
  char text[16];
  int before;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  sem_post(&disabled);
  sem_wait(&cancelled);
  report("cancelled, but disabled", take(ends.served, text, 3, 5));
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
  report("never printed", take(ends.served, text, 3, 5));
  return argument;
}

int main(void) {
  MUST(sem_init(&disabled, 0, 0));
  MUST(sem_init(&cancelled, 0, 0));
  finish(start(exchanges_and_breaks, NULL));
  pthread_t thread = start(ends_in_readv, NULL);
  sem_wait(&disabled);
  pthread_cancel(thread);
  sem_post(&cancelled);
  printf("%s\n", finish(thread) == PTHREAD_CANCELED ? "cancelled" : "returned");
  return 0;
}
