// What the programs here share: print results with errno names, start threads, open loopback sockets.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// What a call answered: its result, and errno where that is negative.
struct outcome {
  long result;
  int error;
};

/// Takes down a call's result together with errno, at once, for printing later.
static inline struct outcome seen(long result) {
  struct outcome o = {result, result < 0 ? errno : 0};
  return o;
}

static inline void tell(const char *what, struct outcome o) {
  if (o.result < 0)
    printf("%s: %ld %s\n", what, o.result, strerrorname_np(o.error));
  else
    printf("%s: %ld\n", what, o.result);
}

static inline void report(const char *what, long result) { tell(what, seen(result)); }

/// For steps that are not what the program is about: ends it with status 99 if one fails.
static inline long must(long result, const char *what) {
  if (result < 0) {
    printf("%s failed: %s\n", what, strerrorname_np(errno));
    exit(99);
  }
  return result;
}
#define MUST(call) must((call), #call)

/// Starts a thread on a 256 KiB stack, so that thousands fit.
static inline pthread_t start(void *(*run)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  MUST(-(errno = pthread_create(&thread, &attributes, run, argument)));
  pthread_attr_destroy(&attributes);
  return thread;
}

static inline void *finish(pthread_t thread) {
  void *value = NULL;
  MUST(-(errno = pthread_join(thread, &value)));
  return value;
}

static inline long now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline void nap(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&t, &t) < 0 && errno == EINTR)
    continue;
}

/// Lets a thread that said it is about to block do so. On a machine that is too busy to let even this one go
/// on in time others do not get there either: then it begins again, though not for ever.
static inline void settle(void) {
  for (int in_time = 0, tries = 0; in_time < 6 && tries < 100; ++tries) {
    long from = now_ms();
    nap(10);
    in_time = now_ms() - from < 15 ? in_time + 1 : 0;
  }
}

/// Whether something that should have taken `ms` took at least that, and not absurdly more.
static inline const char *promptness(long spent, long ms) {
  return spent < ms ? "too early" : spent < ms + 10000 ? "on time" : "too late";
}

/// Prints that of the time since `from`.
static inline void took_about(const char *what, long from, long ms) {
  printf("%s: %s\n", what, promptness(now_ms() - from, ms));
}

/// A fresh loopback address with a port of the kernel's choice, bound and listening.
static inline int listen_on_loopback(struct sockaddr_in *where, int backlog) {
  socklen_t length = sizeof *where;
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  memset(where, 0, sizeof *where);
  where->sin_family = AF_INET;
  where->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  MUST(bind(fd, (struct sockaddr *)where, sizeof *where));
  MUST(listen(fd, backlog));
  MUST(getsockname(fd, (struct sockaddr *)where, &length));
  return fd;
}

/// A UDP socket on the loopback, its address in `where`.
static inline int udp_on_loopback(struct sockaddr_in *where) {
  socklen_t length = sizeof *where;
  int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
  memset(where, 0, sizeof *where);
  where->sin_family = AF_INET;
  where->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  MUST(bind(fd, (struct sockaddr *)where, sizeof *where));
  MUST(getsockname(fd, (struct sockaddr *)where, &length));
  return fd;
}

static inline int connect_to(const struct sockaddr_in *where) {
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  MUST(connect(fd, (const struct sockaddr *)where, sizeof *where));
  return fd;
}

/// Two ends of one TCP connection.
static inline void tcp_pair(int ends[2]) {
  struct sockaddr_in where;
  int listener = listen_on_loopback(&where, 1);
  ends[0] = connect_to(&where);
  ends[1] = MUST(accept(listener, NULL, NULL));
  close(listener);
}

/// Writes until all is written or an error; returns the bytes written.
static inline size_t write_all(int fd, const void *data, size_t size) {
  size_t done = 0;
  while (done < size) {
    ssize_t n = write(fd, (const char *)data + done, size - done);
    if (n < 0)
      break;
    done += n;
  }
  return done;
}

/// Reads until `size` bytes, the end or an error; returns the bytes read.
static inline size_t read_all(int fd, void *data, size_t size) {
  size_t done = 0;
  while (done < size) {
    ssize_t n = read(fd, (char *)data + done, size - done);
    if (n <= 0)
      break;
    done += n;
  }
  return done;
}

static inline void fill(void *data, size_t size, uint32_t seed) {
  for (size_t i = 0; i < size; ++i) {
    seed = seed * 1664525 + 1013904223;
    ((unsigned char *)data)[i] = seed >> 24;
  }
}

/// FNV-1a.
static inline uint32_t checksum(const void *data, size_t size) {
  uint32_t sum = 2166136261u;
  for (size_t i = 0; i < size; ++i)
    sum = (sum ^ ((const unsigned char *)data)[i]) * 16777619u;
  return sum;
}

/// Prints how a child ended.
static inline void tell_status(const char *what, int status) {
  if (WIFEXITED(status))
    printf("%s: exited %d\n", what, WEXITSTATUS(status));
  else if (WIFSIGNALED(status))
    printf("%s: killed by SIG%s\n", what, sigabbrev_np(WTERMSIG(status)));
  else
    printf("%s: status %#x\n", what, status);
}
