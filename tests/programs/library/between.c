// A library that stands between a program and libc, as those that fake time or redirect connections do: it
// counts what the program calls, by thread-local variables that libc allocates.
#define _GNU_SOURCE
#include "between.h"

#include <dlfcn.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static __thread long counts[calls] __attribute__((tls_model("global-dynamic")));

long seen(enum call call) {
  return counts[call];
}

static void look_up(const char* name, void* function) {
  void* found = dlsym(RTLD_NEXT, name);
  memcpy(function, &found, sizeof found);
}

#define BETWEEN(result, name, parameters, arguments) \
  result name parameters {                           \
    static result(*next) parameters;                 \
    if (!next) look_up(#name, &next);                \
    ++counts[call_##name];                           \
    return next arguments;                           \
  }

BETWEEN(ssize_t, read, (int fd, void* data, size_t size), (fd, data, size))
BETWEEN(ssize_t, write, (int fd, const void* data, size_t size), (fd, data, size))
BETWEEN(ssize_t, recv, (int fd, void* data, size_t size, int flags), (fd, data, size, flags))
BETWEEN(ssize_t, send, (int fd, const void* data, size_t size, int flags), (fd, data, size, flags))
BETWEEN(int, accept, (int fd, __SOCKADDR_ARG address, socklen_t* length), (fd, address, length))
BETWEEN(int, connect, (int fd, __CONST_SOCKADDR_ARG address, socklen_t length), (fd, address, length))
BETWEEN(int, poll, (struct pollfd* entries, nfds_t count, int ms), (entries, count, ms))
BETWEEN(int, epoll_wait, (int set, struct epoll_event* events, int count, int ms), (set, events, count, ms))
BETWEEN(int, epoll_ctl, (int set, int operation, int fd, struct epoll_event* event),
        (set, operation, fd, event))
BETWEEN(int, close, (int fd), (fd))
BETWEEN(int, sched_yield, (void), ())
BETWEEN(int, clock_gettime, (clockid_t clock, struct timespec* time), (clock, time))
