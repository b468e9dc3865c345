// The symbols of libc that are hooked: the fast path past libc's wrapper and the rewritten site behind it,
// and where POSIX cancellation points are. One list: it yields the hooks and the next symbols.
#pragma once

// result, name, parameters, arguments; in the order that calls::name takes them
#define UNBLOCK_CANCELLATION_POINTS(X) \
  X(int, connect, (int fd, const sockaddr* address, socklen_t length), (fd, address, length)) \
  X(int, epoll_wait, (int epfd, epoll_event* events, int count, int milliseconds), \
    (epfd, events, count, milliseconds))

// The same, for those in which an iterative server may wait for its next connection.
#define UNBLOCK_HOME_CALLS(X) \
  X(int, accept, (int fd, sockaddr* address, socklen_t* length), (fd, address, length)) \
  X(int, accept4, (int fd, sockaddr* address, socklen_t* length, int flags), (fd, address, length, flags)) \
  X(int, poll, (pollfd* entries, nfds_t count, int milliseconds), (entries, count, milliseconds)) \
  X(int, select, (int count, fd_set* read, fd_set* write, fd_set* except, timeval* timeout), \
    (count, read, write, except, timeout))

// The same, for what is no cancellation point.
#define UNBLOCK_OTHER_HOOKS(X) \
  X(int, sched_yield, (), ())

// result, name, parameters, arguments, server, the call that answers: what a program's event loop or its
// files take most, without the wrapper.
#define UNBLOCK_FILE_HOOKS(X) \
  X(int, open, (const char* path, int flags, unsigned mode), (path, flags, mode), serve_cancellable, \
    calls::openat(fiber, AT_FDCWD, path, flags, mode)) \
  X(int, open64, (const char* path, int flags, unsigned mode), (path, flags, mode), serve_cancellable, \
    calls::openat(fiber, AT_FDCWD, path, flags, mode)) \
  X(int, openat, (int directory, const char* path, int flags, unsigned mode), \
    (directory, path, flags, mode), serve_cancellable, calls::openat(fiber, directory, path, flags, mode)) \
  X(int, openat64, (int directory, const char* path, int flags, unsigned mode), \
    (directory, path, flags, mode), serve_cancellable, calls::openat(fiber, directory, path, flags, mode)) \
  X(int, stat, (const char* path, void* status), (path, status), serve, \
    in_place::perhaps_short(fiber, SYS_newfstatat, AT_FDCWD, path, status, 0)) \
  X(int, stat64, (const char* path, void* status), (path, status), serve, \
    in_place::perhaps_short(fiber, SYS_newfstatat, AT_FDCWD, path, status, 0))

// result, name, parameters, arguments, server, when `fiber` passes: the kernel then answers at once, and
// nothing of ours is concerned.
#define UNBLOCK_PASSING_HOOKS(X) \
  X(ssize_t, readv, (int fd, const iovec* parts, int count), (fd, parts, count), serve_cancellable, \
    never_waits(fiber, fd)) \
  X(ssize_t, writev, (int fd, const iovec* parts, int count), (fd, parts, count), serve_cancellable, \
    never_waits(fiber, fd)) \
  X(int, ioctl, (int fd, unsigned long request, long argument), (fd, request, argument), serve, \
    request == FIONREAD)

// result, name, parameters, arguments: the same, if nobody shares the fiber's kernel thread and `fd` never
// waits.
#define UNBLOCK_BESIDE_HOOKS(X) \
  X(ssize_t, read, (int fd, void* data, size_t size), (fd, data, size)) \
  X(ssize_t, write, (int fd, const void* data, size_t size), (fd, data, size))

// What keeps the state of a question to the resolver in the thread: one sibling after the other.
#define UNBLOCK_UNDIVIDED(X) \
  X(int, getaddrinfo, (const char* host, const char* service, const addrinfo* hints, addrinfo** found), \
    (host, service, hints, found)) \
  X(int, getnameinfo, (const sockaddr* address, socklen_t length, char* host, socklen_t host_size, \
    char* service, socklen_t service_size, int flags), \
    (address, length, host, host_size, service, service_size, flags)) \
  X(hostent*, gethostbyname, (const char* name), (name)) \
  X(hostent*, gethostbyname2, (const char* name, int family), (name, family)) \
  X(hostent*, gethostbyaddr, (const void* address, socklen_t length, int family), (address, length, family)) \
  X(int, gethostbyname_r, (const char* name, hostent* entry, char* buffer, size_t size, hostent** found, \
    int* error), (name, entry, buffer, size, found, error)) \
  X(int, gethostbyaddr_r, (const void* address, socklen_t length, int family, hostent* entry, char* buffer, \
    size_t size, hostent** found, int* error), (address, length, family, entry, buffer, size, found, error))

// result, name, parameters, arguments, server, note: those that are taken note of before the first thread,
// too, when libc has given `answer`.
#define UNBLOCK_EARLY_HOOKS(X) \
  X(int, socket, (int family, int type, int protocol), (family, type, protocol), serve, made(answer)) \
  X(int, close, (int fd), (fd), serve_cancellable, closed(fd)) \
  X(int, dup2, (int from, int to), (from, to), serve, closed(to)) \
  X(int, dup3, (int from, int to, int flags), (from, to, flags), serve, closed(to)) \
  X(int, setsockopt, (int fd, int level, int option, const void* value, socklen_t size), \
    (fd, level, option, value, size), serve, set(level, option)) \
  X(ssize_t, sendmsg, (int fd, const msghdr* message, int flags), (fd, message, flags), serve_cancellable, \
    passed(answer, *message)) \
  X(ssize_t, recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags), serve_cancellable, \
    passed(answer, *message)) \
  X(int, sendmmsg, (int fd, mmsghdr* messages, unsigned count, int flags), (fd, messages, count, flags), \
    serve_cancellable, passed(messages, answer)) \
  X(int, recvmmsg, (int fd, mmsghdr* messages, unsigned count, int flags, timespec* timeout), \
    (fd, messages, count, flags, timeout), serve_cancellable, passed(messages, answer))

// result, name, parameters, arguments; all by one call.
#define UNBLOCK_SLEEP_HOOKS(X) \
  X(int, nanosleep, (const timespec* interval, timespec* left), (interval, left)) \
  X(int, clock_nanosleep, (clockid_t clock, int flags, const timespec* time, timespec* left), \
    (clock, flags, time, left)) \
  X(int, usleep, (useconds_t microseconds), (microseconds))

// Those with a hook of their own: no system calls by their names, or more to do than to route.
#define UNBLOCK_SPECIAL_HOOKS(X) \
  X(int, clock_gettime, (clockid_t clock, timespec* time), (clock, time)) \
  X(int, clock_getres, (clockid_t clock, timespec* resolution), (clock, resolution)) \
  X(ssize_t, recvfrom, (int fd, void* data, size_t size, int flags, sockaddr* address, socklen_t* length), \
    (fd, data, size, flags, address, length)) \
  X(ssize_t, sendto, \
    (int fd, const void* data, size_t size, int flags, const sockaddr* address, socklen_t length), \
    (fd, data, size, flags, address, length)) \
  X(ssize_t, recv, (int fd, void* data, size_t size, int flags), (fd, data, size, flags)) \
  X(ssize_t, send, (int fd, const void* data, size_t size, int flags), (fd, data, size, flags)) \
  X(int, signalfd, (int fd, const sigset_t* mask, int flags), (fd, mask, flags)) \
  X(long, syscall, (long nr, ...), (nr))
