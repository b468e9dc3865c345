// Streams in bulk, more of them than a program usually has, by each pair of calls: all of it arrives, in
// order; and how each of them ends: end of file, a timeout, a reset, a descriptor closed under the call.
#include "bulk.h"

enum { size = 4 << 20, at_once = 200 };

struct way {
  const char *name;
  ssize_t (*take)(int fd, void *data, size_t count);
  ssize_t (*give)(int fd, const void *data, size_t count);
};

static struct msghdr message(struct iovec parts[2], const void *data, size_t count) {
  parts[0] = (struct iovec){(void *)data, count / 3};
  parts[1] = (struct iovec){(char *)data + count / 3, count - count / 3};
  return (struct msghdr){.msg_iov = parts, .msg_iovlen = 2};
}
static ssize_t by_recv(int fd, void *data, size_t count) { return recv(fd, data, count, 0); }
static ssize_t by_recv_all(int fd, void *data, size_t count) { return recv(fd, data, count, MSG_WAITALL); }
static ssize_t by_send(int fd, const void *data, size_t count) { return send(fd, data, count, MSG_NOSIGNAL); }
static ssize_t by_readv(int fd, void *data, size_t count) {
  struct iovec parts[2];
  message(parts, data, count);
  return readv(fd, parts, 2);
}
static ssize_t by_writev(int fd, const void *data, size_t count) {
  struct iovec parts[2];
  message(parts, data, count);
  return writev(fd, parts, 2);
}
static ssize_t by_recvmsg(int fd, void *data, size_t count) {
  struct iovec parts[2];
  struct msghdr whole = message(parts, data, count);
  return recvmsg(fd, &whole, 0);
}
static ssize_t by_sendmsg(int fd, const void *data, size_t count) {
  struct iovec parts[2];
  struct msghdr whole = message(parts, data, count);
  return sendmsg(fd, &whole, 0);
}

static const struct way ways[] = {{"read, write", read, write},
                                  {"recv, send", by_recv, by_send},
                                  {"recv MSG_WAITALL, send", by_recv_all, by_send},
                                  {"readv, writev", by_readv, by_writev},
                                  {"recvmsg, sendmsg", by_recvmsg, by_sendmsg}};

struct stream {
  const struct way *way;
  int ends[2];
  uint32_t seed, sent, received;
};

static void *send_it(void *argument) {
  struct stream *stream = argument;
  char *data = malloc(size);
  fill(data, size, stream->seed);
  stream->sent = checksum(data, size);
  for (size_t done = 0; done < size;)
    done +=
        MUST(stream->way->give(stream->ends[1], data + done, size - done < 100000 ? size - done : 100000));
  close(stream->ends[1]);
  free(data);
  return NULL;
}

static void *receive_it(void *argument) {
  struct stream *stream = argument;
  char *data = malloc(size + 1);
  size_t done = 0;
  for (ssize_t n; (n = MUST(stream->way->take(stream->ends[0], data + done, size + 1 - done))) > 0;)
    done += n;
  stream->received = done == size ? checksum(data, size) : 0;
  free(data);
  return NULL;
}

static void a_tcp(int ends[2]) { tcp_pair(ends); }
static void a_unix(int ends[2]) { MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends)); }
static void a_pipe(int ends[2]) { MUST(pipe(ends)); }

static void all_ways(const char *kind, void (*make)(int ends[2]), const int *which, int count) {
  struct stream streams[8];
  pthread_t threads[16];
  for (int i = 0; i < count; ++i) {
    streams[i] = (struct stream){.way = &ways[which[i]], .seed = i};
    make(streams[i].ends);
    threads[2 * i] = start(receive_it, &streams[i]);
    threads[2 * i + 1] = start(send_it, &streams[i]);
  }
  for (int i = 0; i < count; ++i) {
    finish(threads[2 * i]), finish(threads[2 * i + 1]);
    printf("%s, %s: %s\n", kind, streams[i].way->name,
           streams[i].sent == streams[i].received ? "all arrived" : "WRONG");
    close(streams[i].ends[0]);
  }
}

// --- ends
static void *read_after_much(void *fd) {
  char byte = '-';
  move_much();
  struct outcome o = seen(read(*(int *)fd, &byte, 1));
  return (void *)(o.result * 65536 + o.error * 256 + byte);
}

static void tell_end(const char *what, pthread_t thread) {
  const long end = (long)finish(thread);
  printf("%s: %ld %s '%c'\n", what, end >> 16, strerrorname_np(end >> 8 & 255), (int)(end & 255));
}

static void ends(void) {
  int tcp[2];
  const struct timeval soon = {0, 50000};
  tcp_pair(tcp);
  setsockopt(tcp[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
  tell_end("timeout", start(read_after_much, &tcp[0]));
  setsockopt(tcp[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0}, sizeof soon);
  pthread_t thread = start(read_after_much, &tcp[0]);
  settle();
  setsockopt(tcp[1], SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
  close(tcp[1]);
  tell_end("reset", thread);
  close(tcp[0]);
  tcp_pair(tcp);
  fcntl(tcp[0], F_SETFL, O_NONBLOCK);
  tell_end("non-blocking", start(read_after_much, &tcp[0]));
  fcntl(tcp[0], F_SETFL, 0);
  thread = start(read_after_much, &tcp[0]);
  settle(), settle();
  close(tcp[0]);
  settle();
  MUST(write(tcp[1], "z", 1));
  tell_end("closed under the call", thread);
}

// --- many at once
static void many(void) {
  static int fds[at_once][2];
  static pthread_t threads[at_once];
  int right = 0;
  for (int i = 0; i < at_once; ++i) {
    a_unix(fds[i]);
    threads[i] = start(read_after_much, &fds[i][0]);
  }
  settle();
  for (int i = 0; i < at_once; ++i) MUST(write(fds[i][1], "x", 1));
  for (int i = 0; i < at_once; ++i) right += (long)finish(threads[i]) == 65536 + 'x';
  printf("many: %d\n", right);
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  all_ways("TCP", a_tcp, (const int[]){0, 1, 2, 3, 4}, 5);
  all_ways("Unix", a_unix, (const int[]){0, 1, 2, 3, 4}, 5);
  all_ways("pipe", a_pipe, (const int[]){0, 3}, 2);
  ends();
  many();
  return 0;
}
