// Reading, writing, connecting and waiting for readiness, where they block.
#pragma once
#include "blocking.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/timerfd.h>

static const struct timespec long_time = {20, 0};
static char block[1 << 18];

// --- pipes, sockets and what else is read and written
static void a_pipe(struct place* p) { MUST(pipe(p->fds)); }
static void a_pair(struct place* p) { MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, p->fds)); }

static void full(int fd) {
  fcntl(fd, F_SETFL, O_NONBLOCK);
  while (write(fd, block, sizeof block) > 0) {}
  while (write(fd, block, 1) > 0) {}
  fcntl(fd, F_SETFL, 0);
}
static void a_full_pipe(struct place* p) { a_pipe(p), full(p->fds[1]); }
static void a_full_pair(struct place* p) { a_pair(p), full(p->fds[1]); }

static void feed(struct place* p) { MUST(write(p->fds[1], "x", 1)); }
static void empty(struct place* p) {
  fcntl(p->fds[0], F_SETFL, O_NONBLOCK);
  while (read(p->fds[0], block, sizeof block) > 0) {}
}

static long in_read(struct place* p) { return read(p->fds[0], p->buffer, 1); }
static long in_write(struct place* p) { return write(p->fds[1], "x", 1); }
static struct iovec one(struct place* p) { return (struct iovec){p->buffer, 1}; }
static long in_readv(struct place* p) { return readv(p->fds[0], (struct iovec[]){one(p)}, 1); }
static long in_writev(struct place* p) { return writev(p->fds[1], (struct iovec[]){one(p)}, 1); }
static long in_recv(struct place* p) { return recv(p->fds[0], p->buffer, 1, 0); }
static long in_send(struct place* p) { return send(p->fds[1], p->buffer, 1, 0); }
static long in_recvmsg(struct place* p) {
  return recvmsg(p->fds[0], &(struct msghdr){.msg_iov = (struct iovec[]){one(p)}, .msg_iovlen = 1}, 0);
}
static long in_sendmsg(struct place* p) {
  return sendmsg(p->fds[1], &(struct msghdr){.msg_iov = (struct iovec[]){one(p)}, .msg_iovlen = 1}, 0);
}
static long in_recvmmsg(struct place* p) {
  struct mmsghdr message = {.msg_hdr = {.msg_iov = (struct iovec[]){one(p)}, .msg_iovlen = 1}};
  return recvmmsg(p->fds[0], &message, 1, 0, NULL);
}
static long in_sendmmsg(struct place* p) {
  struct mmsghdr message = {.msg_hdr = {.msg_iov = (struct iovec[]){one(p)}, .msg_iovlen = 1}};
  return sendmmsg(p->fds[1], &message, 1, 0);
}
static long in_fgets(struct place* p) { return getc(fdopen(p->fds[0], "r")); }

// A transfer that was half done ends with what was done, whatever the handler's flags.
static long in_long_write(struct place* p) { return write(p->fds[1], block, sizeof block); }
static void half_a_message(struct place* p) { a_pair(p), MUST(write(p->fds[1], "half", 4)); }
static void take_all(struct place* p) { read_all(p->fds[0], block, sizeof block); }
static void other_half(struct place* p) { MUST(write(p->fds[1], "half", 4)); }
static long in_recv_waitall(struct place* p) { return recv(p->fds[0], p->buffer, 8, MSG_WAITALL); }

static void with_timeout(int fd, int option) {
  MUST(setsockopt(fd, SOL_SOCKET, option, &(struct timeval){20, 0}, sizeof(struct timeval)));
}
static void a_timed_pair(struct place* p) { a_pair(p), with_timeout(p->fds[0], SO_RCVTIMEO); }
static void a_full_timed_pair(struct place* p) { a_full_pair(p), with_timeout(p->fds[1], SO_SNDTIMEO); }

static void an_eventfd(struct place* p) { p->fds[0] = p->fds[1] = MUST(eventfd(0, 0)); }
static void count_event(struct place* p) { MUST(eventfd_write(p->fds[0], 1)); }
static long in_read_event(struct place* p) { return read(p->fds[0], p->buffer, 8); }
static void a_timerfd(struct place* p) { p->fds[0] = MUST(timerfd_create(CLOCK_MONOTONIC, 0)); }
static void ring(struct place* p) {
  timerfd_settime(p->fds[0], 0, &(struct itimerspec){{0, 0}, {0, 1}}, NULL);
}
static void an_inotify(struct place* p) {
  name_file(p);
  close(MUST(open(p->path, O_CREAT | O_RDWR, 0600)));
  p->fds[0] = MUST(inotify_init());
  MUST(inotify_add_watch(p->fds[0], p->path, IN_ATTRIB));
}
static void change(struct place* p) { MUST(chmod(p->path, 0644)); }
static long in_read_inotify(struct place* p) { return read(p->fds[0], p->buffer, sizeof p->buffer); }
static void a_terminal(struct place* p) {
  p->fds[1] = MUST(posix_openpt(O_RDWR | O_NOCTTY));
  grantpt(p->fds[1]), unlockpt(p->fds[1]);
  p->fds[0] = MUST(open(ptsname(p->fds[1]), O_RDWR | O_NOCTTY));
}
static void a_line(struct place* p) { MUST(write(p->fds[1], "line\n", 5)); }

static void two_pipes(struct place* p) { MUST(pipe(p->fds)), MUST(pipe(p->other)); }
static long in_splice(struct place* p) { return splice(p->fds[0], NULL, p->other[1], NULL, 1, 0); }
static long in_tee(struct place* p) { return tee(p->fds[0], p->other[1], 1, 0); }
static long in_vmsplice(struct place* p) { return vmsplice(p->fds[1], (struct iovec[]){one(p)}, 1, 0); }
static void a_file_and_full_pair(struct place* p) {
  a_full_pair(p);
  p->other[0] = MUST(memfd_create("file", 0));
  MUST(write(p->other[0], "x", 1));
}
static long in_sendfile(struct place* p) { return sendfile(p->fds[1], p->other[0], (off_t[]){0}, 1); }

// --- connections
static void a_listener(struct place* p) {
  p->fds[0] = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(bind(p->fds[0], (struct sockaddr*)&(struct sockaddr_un){.sun_family = AF_UNIX}, sizeof(sa_family_t)));
  MUST(listen(p->fds[0], 0));
}
static void a_timed_listener(struct place* p) { a_listener(p), with_timeout(p->fds[0], SO_RCVTIMEO); }
static long connect_here(struct place* p, int fd) {
  struct sockaddr_un where;
  socklen_t length = sizeof where;
  MUST(getsockname(p->fds[0], (struct sockaddr*)&where, &length));
  return connect(fd, (struct sockaddr*)&where, length);
}
static void visit(struct place* p) { connect_here(p, MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0))); }
static long in_accept(struct place* p) { return accept(p->fds[0], NULL, NULL) < 0 ? -1 : 0; }
static long in_accept4(struct place* p) { return accept4(p->fds[0], NULL, NULL, SOCK_CLOEXEC) < 0 ? -1 : 0; }
static void a_busy_listener(struct place* p) {
  a_listener(p);
  visit(p), visit(p);
  p->fds[1] = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
}
static void a_busy_timed_listener(struct place* p) {
  a_busy_listener(p), with_timeout(p->fds[1], SO_SNDTIMEO);
}
static long in_connect(struct place* p) { return connect_here(p, p->fds[1]); }
static void take_visitors(struct place* p) { MUST(accept(p->fds[0], NULL, NULL)); }

// --- readiness
static struct pollfd entry(struct place* p) { return (struct pollfd){p->fds[0], POLLIN, 0}; }
static long in_poll(struct place* p) { return poll((struct pollfd[]){entry(p)}, 1, 20000); }
static long in_poll_for_ever(struct place* p) { return poll((struct pollfd[]){entry(p)}, 1, -1); }
static long in_ppoll(struct place* p) { return ppoll((struct pollfd[]){entry(p)}, 1, &long_time, NULL); }
static long in_select(struct place* p) {
  fd_set in;
  FD_ZERO(&in);
  FD_SET(p->fds[0], &in);
  return select(p->fds[0] + 1, &in, NULL, NULL, &(struct timeval){20, 0});
}
static long in_pselect(struct place* p) {
  fd_set in;
  FD_ZERO(&in);
  FD_SET(p->fds[0], &in);
  return pselect(p->fds[0] + 1, &in, NULL, NULL, &long_time, NULL);
}
static void an_epoll(struct place* p) { a_pipe(p), p->id = MUST(epoll_create1(0)); }
static struct epoll_event event;
static long in_epoll_wait(struct place* p) { return epoll_wait(p->id, &event, 1, 20000); }
static long in_epoll_pwait(struct place* p) { return epoll_pwait(p->id, &event, 1, -1, NULL); }
static long in_epoll_pwait2(struct place* p) { return epoll_pwait2(p->id, &event, 1, &long_time, NULL); }

static const struct wait waits[] = {
    {"read", a_pipe, in_read, feed, NULL},
    {"read a socket", a_pair, in_read, feed, NULL},
    {"readv", a_pipe, in_readv, feed, NULL},
    {"write", a_full_pipe, in_write, empty, NULL},
    {"write a socket", a_full_pair, in_write, empty, NULL},
    {"writev", a_full_pipe, in_writev, empty, NULL},
    {"long write", a_pipe, in_long_write, take_all, NULL},
    {"getc", a_pipe, in_fgets, feed, NULL},
    {"recv", a_pair, in_recv, feed, NULL},
    {"recv MSG_WAITALL", half_a_message, in_recv_waitall, other_half, NULL},
    {"recv SO_RCVTIMEO", a_timed_pair, in_recv, feed, NULL},
    {"read SO_RCVTIMEO", a_timed_pair, in_read, feed, NULL},
    {"recvmsg", a_pair, in_recvmsg, feed, NULL},
    {"recvmsg SO_RCVTIMEO", a_timed_pair, in_recvmsg, feed, NULL},
    {"recvmmsg", a_pair, in_recvmmsg, feed, NULL},
    {"send", a_full_pair, in_send, empty, NULL},
    {"send SO_SNDTIMEO", a_full_timed_pair, in_send, empty, NULL},
    {"sendmsg", a_full_pair, in_sendmsg, empty, NULL},
    {"sendmmsg", a_full_pair, in_sendmmsg, empty, NULL},
    {"read an eventfd", an_eventfd, in_read_event, count_event, NULL},
    {"read a timerfd", a_timerfd, in_read_event, ring, NULL},
    {"read inotify", an_inotify, in_read_inotify, change, NULL},
    {"read a terminal", a_terminal, in_read, a_line, NULL},
    {"splice", two_pipes, in_splice, feed, NULL},
    {"tee", two_pipes, in_tee, feed, NULL},
    {"vmsplice", a_full_pipe, in_vmsplice, empty, NULL},
    {"sendfile", a_file_and_full_pair, in_sendfile, empty, NULL},
    {"accept", a_listener, in_accept, visit, NULL},
    {"accept4", a_listener, in_accept4, visit, NULL},
    {"accept SO_RCVTIMEO", a_timed_listener, in_accept, visit, NULL},
    {"connect", a_busy_listener, in_connect, take_visitors, NULL},
    {"connect SO_SNDTIMEO", a_busy_timed_listener, in_connect, take_visitors, NULL},
    {"poll", a_pipe, in_poll, feed, NULL},
    {"poll for ever", a_pipe, in_poll_for_ever, feed, NULL},
    {"ppoll", a_pipe, in_ppoll, feed, NULL},
    {"select", a_pipe, in_select, feed, NULL},
    {"pselect", a_pipe, in_pselect, feed, NULL},
    {"epoll_wait", an_epoll, in_epoll_wait, nothing, NULL},
    {"epoll_pwait", an_epoll, in_epoll_pwait, nothing, NULL},
    {"epoll_pwait2", an_epoll, in_epoll_pwait2, nothing, NULL},
};

enum { wait_count = sizeof waits / sizeof *waits };
