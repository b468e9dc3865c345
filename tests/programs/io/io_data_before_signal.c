// Data comes while a thread waits for it, and right after it a signal: the call gives the data, for it was
// there first. Each way of waiting, with a handler that does not restart calls. Reads of local sockets look for
// signals first, so for those either may be. signal(7)
#include "check.h"

#include <sys/epoll.h>
#include <sys/select.h>

static int here, there, listener;
static struct sockaddr_in address;
static sem_t begin;
static volatile sig_atomic_t handled;

static void handle(int number) {
  (void)number;
  handled = handled + 1;
}

static long by_read(void) {
  char data[8];
  return read(here, data, sizeof data);
}

static long by_readv(void) {
  char data[8];
  return readv(here, &(struct iovec){data, sizeof data}, 1);
}

static long by_recv(void) {
  char data[8];
  return recv(here, data, sizeof data, 0);
}

static long by_recvmsg(void) {
  char data[8];
  struct msghdr message = {.msg_iov = &(struct iovec){data, sizeof data}, .msg_iovlen = 1};
  return recvmsg(here, &message, 0);
}

static long by_poll(void) { return poll(&(struct pollfd){here, POLLIN, 0}, 1, -1); }

static long by_ppoll(void) {
  sigset_t none;
  sigemptyset(&none);
  return ppoll(&(struct pollfd){here, POLLIN, 0}, 1, NULL, &none);
}

static long by_select(void) {
  fd_set set;
  FD_ZERO(&set);
  FD_SET(here, &set);
  return select(here + 1, &set, NULL, NULL, NULL);
}

static long by_epoll(void) {
  struct epoll_event event = {EPOLLIN, {0}};
  const int epfd = MUST(epoll_create1(0));
  MUST(epoll_ctl(epfd, EPOLL_CTL_ADD, here, &event));
  const long result = epoll_wait(epfd, &event, 1, -1);
  const int error = errno;
  close(epfd);
  errno = error;
  return result;
}

static long by_accept(void) {
  const int accepted = accept(listener, NULL, NULL);
  return accepted < 0 ? accepted : close(accepted);
}

static void write_message(void) { MUST(write(there, "abc", 3)); }

// After a few by the same thread.
static long by_accept_again(void) {
  for (int i = 0; i < 40; ++i) {
    const int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(connect(fd, (struct sockaddr *)&address, sizeof address));
    MUST(by_accept());
    close(fd);
  }
  sem_post(&begin);
  return by_accept();
}

static void come(void) {
  const int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  MUST(connect(fd, (struct sockaddr *)&address, sizeof address));
  close(fd);
}

static struct {
  const char *name;
  long (*wait)(void);
  void (*then)(void);
} const cases[] = {
    {"read", by_read, write_message},       {"readv", by_readv, write_message},
    {"recv", by_recv, write_message},       {"recvmsg", by_recvmsg, write_message},
    {"poll", by_poll, write_message},       {"ppoll", by_ppoll, write_message},
    {"select", by_select, write_message},   {"epoll_wait", by_epoll, write_message},
    {"accept", by_accept_again, come},
};

enum { reads = 4 };

static void *waiter(void *argument) {
  sem_post(&begin);
  const struct outcome result = seen(cases[(long)argument].wait());
  while (handled == 0) nap(1);
  tell(cases[(long)argument].name, result);
  return NULL;
}

static void run_from(unsigned long first) {
  for (unsigned long i = first; i < sizeof cases / sizeof *cases; ++i) {
    handled = 0;
    const pthread_t thread = start(waiter, (void *)i);
    sem_wait(&begin);
    if (cases[i].wait == by_accept_again) sem_wait(&begin);
    settle();
    cases[i].then();
    MUST(-(errno = pthread_kill(thread, SIGUSR1)));
    finish(thread);
    char rest[8];
    while (recv(here, rest, sizeof rest, MSG_DONTWAIT) > 0) continue;
  }
}

static void *nothing(void *argument) { return argument; }

int main(void) {
  int ends[2];
  socklen_t size = sizeof address;
  MUST(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handle}, NULL));
  finish(start(nothing, NULL));  // a listener made after the first thread is one that nobody else has
  listener = MUST(socket(AF_INET, SOCK_STREAM, 0));
  MUST(listen(listener, 8));
  MUST(getsockname(listener, (struct sockaddr *)&address, &size));
  puts("TCP");
  tcp_pair(ends);
  here = ends[0], there = ends[1];
  run_from(0);
  puts("local");
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  here = ends[0], there = ends[1];
  run_from(reads);
  return 0;
}
