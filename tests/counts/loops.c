// What programs do over and over, beside a thread that sleeps:
// loops events|sockets|turns|files|records|alone|bulk ROUNDS.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { streams = 4, block_size = 64 << 10 };

static void expect(int condition, const char* what) {
  if (condition) return;
  perror(what);
  exit(2);
}

static void* sleeps(void* unused) {
  for (;;) pause();
  return unused;
}

/// A loop that tells itself: three calls a round.
static void events(long rounds) {
  struct epoll_event event = {.events = EPOLLIN};
  eventfd_t count;
  int epoll = epoll_create1(0), told = eventfd(0, 0);
  expect(epoll >= 0 && told >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, told, &event) == 0, "epoll");
  while (rounds-- > 0) {
    expect(eventfd_write(told, 1) == 0, "write");
    expect(epoll_wait(epoll, &event, 1, 1000) == 1, "epoll_wait");
    expect(eventfd_read(told, &count) == 0, "read");
  }
}

/// A connection, neither of whose ends ever waits.
static void connected(int ends[2]) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};  // any: unix(7), autobind
  socklen_t size = sizeof name.sun_family;
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  expect(bind(listener, (struct sockaddr*)&name, size) == 0 && listen(listener, 1) == 0, "listen");
  size = sizeof name;
  expect(getsockname(listener, (struct sockaddr*)&name, &size) == 0, "getsockname");
  ends[0] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  expect(connect(ends[0], (struct sockaddr*)&name, size) == 0, "connect");
  ends[1] = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  expect(ends[1] >= 0, "accept4");
  close(listener);
}

/// The same by sockets that never wait.
static void sockets(long rounds) {
  struct epoll_event event = {.events = EPOLLIN};
  char bytes[64] = "";
  int epoll = epoll_create1(0), ends[2];
  connected(ends);
  expect(epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, ends[1], &event) == 0, "epoll");
  while (rounds-- > 0) {
    expect(write(ends[0], bytes, sizeof bytes) == sizeof bytes, "write");
    expect(epoll_wait(epoll, &event, 1, 1000) == 1, "epoll_wait");
    expect(read(ends[1], bytes, sizeof bytes) == sizeof bytes, "read");
  }
}

static void compute(long microseconds) {
  struct timespec begin, now;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  do clock_gettime(CLOCK_MONOTONIC, &now);
  while ((now.tv_sec - begin.tv_sec) * 1000000 + (now.tv_nsec - begin.tv_nsec) / 1000 < microseconds);
}

/// A loop that waits, then finds whatever it reads for so long that it would be another's turn: seven calls a
/// round.
static void turns(long rounds) {
  const struct itimerspec soon = {.it_value.tv_nsec = 20000};
  struct epoll_event event = {.events = EPOLLIN};
  eventfd_t count;
  int epoll = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, 0), told = eventfd(0, 0);
  expect(timer >= 0 && told >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event) == 0, "epoll");
  while (rounds-- > 0) {
    expect(timerfd_settime(timer, 0, &soon, NULL) == 0, "timerfd_settime");
    expect(epoll_wait(epoll, &event, 1, 1000) == 1, "epoll_wait");
    expect(eventfd_read(timer, &count) == 0, "read");
    for (int i = 0; i < 2; ++i) {
      expect(eventfd_write(told, 1) == 0, "write");
      compute(250);
      expect(eventfd_read(told, &count) == 0, "read");
    }
  }
}

/// A small file: three calls a round.
static void files(long rounds) {
  char bytes[64];
  while (rounds-- > 0) {
    int fd = open("/proc/sys/kernel/ostype", O_RDONLY);
    expect(fd >= 0 && read(fd, bytes, sizeof bytes) > 0, "read");
    close(fd);
  }
}

/// An unpacker's records, to a file and back from it: two calls a round.
static void records(long rounds) {
  char name[] = "/tmp/records-XXXXXX", record[32] = "";
  int written = mkstemp(name), read_back = open(name, O_RDONLY);
  expect(written >= 0 && read_back >= 0 && unlink(name) == 0, "open");
  while (rounds-- > 0) {
    expect(write(written, record, sizeof record) == sizeof record, "write");
    expect(read(read_back, record, sizeof record) == sizeof record, "read");
  }
}

/// The same by one that has computed while the other thread was to begin: it has a kernel thread to itself.
static void alone(long rounds) {
  compute(50000);
  records(rounds);
}

static long blocks;

static void* sends(void* end) {
  static __thread char block[block_size];
  for (long i = 0; i < blocks; ++i)
    expect(write((int)(intptr_t)end, block, sizeof block) == block_size, "write");
  close((int)(intptr_t)end);
  return NULL;
}

static void* receives(void* end) {
  static __thread char block[block_size];
  while (read((int)(intptr_t)end, block, sizeof block) > 0) {
  }
  return NULL;
}

/// So many blocks on each of some streams: a call to write one, and at least as many to read it.
static void bulk(long rounds) {
  pthread_t thread[2 * streams];
  blocks = rounds;
  for (int i = 0; i < 2 * streams; i += 2) {
    int ends[2];
    expect(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
    expect(pthread_create(&thread[i], NULL, receives, (void*)(intptr_t)ends[0]) == 0, "pthread_create");
    expect(pthread_create(&thread[i + 1], NULL, sends, (void*)(intptr_t)ends[1]) == 0, "pthread_create");
  }
  for (int i = 0; i < 2 * streams; ++i) pthread_join(thread[i], NULL);
}

int main(int count, char** words) {
  pthread_t thread;
  expect(count == 3, "usage: loops events|sockets|turns|files|records|alone|bulk ROUNDS");
  expect(pthread_create(&thread, NULL, sleeps, NULL) == 0, "pthread_create");
  const long rounds = atol(words[2]);
  if (strcmp(words[1], "events") == 0) events(rounds);
  if (strcmp(words[1], "sockets") == 0) sockets(rounds);
  if (strcmp(words[1], "turns") == 0) turns(rounds);
  if (strcmp(words[1], "files") == 0) files(rounds);
  if (strcmp(words[1], "records") == 0) records(rounds);
  if (strcmp(words[1], "alone") == 0) alone(rounds);
  if (strcmp(words[1], "bulk") == 0) bulk(rounds);
  return 0;
}
