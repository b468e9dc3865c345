// Listeners that are made before the first thread, as servers make them: whatever had, or has, a hand in one,
// what accept(2) does there is up to the listener as it is, and what it gave is limited as it was when that
// came. Each in a process of its own.
#include "check.h"

#define CONNECTIONS 20  // enough for it to be known who accepts there

struct listener {
  int fd;
  struct sockaddr_in where;
};

static struct listener made(void) {
  struct listener made;
  made.fd = listen_on_loopback(&made.where, 64);
  return made;
}

static void* answer(void* argument) {
  const int fd = (int)(intptr_t)argument;
  char byte = 0;
  if (read(fd, &byte, 1) == 1) MUST(write(fd, &byte, 1));
  MUST(close(fd));
  return NULL;
}

// Connections one after the other, each with a thread of its own.
static void serve(const struct listener* of) {
  int answers = 0;
  for (int i = 0; i < CONNECTIONS; ++i) {
    const int peer = connect_to(&of->where);
    MUST(write(peer, "x", 1));
    const int fd = MUST(accept(of->fd, NULL, NULL));
    pthread_t thread = start(answer, (void*)(intptr_t)fd);
    char byte;
    answers += read(peer, &byte, 1) == 1;
    finish(thread);
    MUST(close(peer));
  }
  printf("%d answers\n", answers);
}

static void set_nonblocking(int fd) { MUST(fcntl(fd, F_SETFL, MUST(fcntl(fd, F_GETFL)) | O_NONBLOCK)); }

static void limit(int fd, int ms) {
  const struct timeval time = {0, ms * 1000};
  MUST(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
}

static void* shut_down_later(void* argument) {
  settle();
  MUST(shutdown(*(const int*)argument, SHUT_RDWR));
  return NULL;
}

static void plain_and_then_shut_down(void) {
  struct listener of = made();
  serve(&of);
  pthread_t thread = start(shut_down_later, &of.fd);
  report("shut down meanwhile", accept(of.fd, NULL, NULL));
  report("and before", accept(of.fd, NULL, NULL));
  finish(thread);
  MUST(close(of.fd));
  report("closed", accept(of.fd, NULL, NULL));
}

static void* accept_some(void* argument) {
  const struct listener* of = argument;
  for (int i = 0; i < CONNECTIONS; ++i)
    finish(start(answer, (void*)(intptr_t)MUST(accept(of->fd, NULL, NULL))));
  return NULL;
}

static void of_two_threads(void) {
  struct listener of = made();
  serve(&of);
  pthread_t others[2];
  for (int i = 0; i < 2; ++i) others[i] = start(accept_some, &of);
  int answers = 0;
  for (int i = 0; i < 2 * CONNECTIONS; ++i) {
    char byte;
    const int peer = connect_to(&of.where);
    MUST(write(peer, "x", 1));
    answers += read(peer, &byte, 1) == 1;
    MUST(close(peer));
  }
  for (int i = 0; i < 2; ++i) finish(others[i]);
  printf("%d answers\n", answers);
}

static void a_duplicate_does_not_wait(void) {
  struct listener of = made();
  const int duplicate = MUST(dup(of.fd));
  serve(&of);
  set_nonblocking(duplicate);
  report("accept", accept(of.fd, NULL, NULL));
}

static void a_later_duplicate_does_not_wait(void) {
  struct listener of = made();
  serve(&of);
  set_nonblocking(MUST(dup(of.fd)));
  report("accept", accept(of.fd, NULL, NULL));
}

// A child that makes descriptor `fd`, or one that it is sent, not wait when it is told to, and ends.
static void help(int fd, int channel) {
  char byte;
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof fd)];
  } control;
  struct iovec part = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  if (fd < 0) {
    MUST(recvmsg(channel, &message, 0));
    memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
  }
  MUST(read(channel, &byte, 1));
  set_nonblocking(fd);
  MUST(write(channel, &byte, 1));
  _exit(0);
}

static void have_it_done(const struct listener* of, int channel) {
  char byte;
  MUST(write(channel, "x", 1));
  MUST(read(channel, &byte, 1));
  report("accept", accept(of->fd, NULL, NULL));
  MUST(wait(NULL));
}

static void with_child_made_by(pid_t (*make)(void)) {
  int channel[2];
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
  struct listener of = made();
  if (MUST(make()) == 0) help(of.fd, channel[1]);
  serve(&of);
  have_it_done(&of, channel[0]);
}

static void a_child_makes_it_not_wait(void) { with_child_made_by(fork); }
static void a_child_of_Fork_does(void) { with_child_made_by(_Fork); }

static void one_that_was_sent_it_does(void) {
  int channel[2];
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
  if (MUST(fork()) == 0) help(-1, channel[1]);
  struct listener of = made();
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof of.fd)];
  } control;
  memset(&control, 0, sizeof control);
  struct iovec part = {"x", 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.header.cmsg_len = CMSG_LEN(sizeof of.fd);
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  memcpy(CMSG_DATA(&control.header), &of.fd, sizeof of.fd);
  MUST(sendmsg(channel[0], &message, 0));
  serve(&of);
  have_it_done(&of, channel[0]);
}

static void limited(void) {
  struct listener of = made();
  limit(of.fd, 80);
  serve(&of);
  const long from = now_ms();
  report("accept", accept(of.fd, NULL, NULL));
  took_about("it", from, 80);
}

static void* nothing(void* argument) { return argument; }

static void limited_when_it_came(void) {
  struct listener of = made();
  limit(of.fd, 80);
  const int peer = connect_to(&of.where);
  limit(of.fd, 0);
  finish(start(nothing, NULL));
  const int fd = MUST(accept(of.fd, NULL, NULL));
  const long from = now_ms();
  char byte;
  report("read", read(fd, &byte, 1));
  took_about("it", from, 80);
  MUST(close(peer));
}

// libc closes it, which no hook sees.
static void its_number_is_anothers(void) {
  int pair[2];
  char byte;
  struct listener of = made();
  fclose(fdopen(of.fd, "r"));
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  printf("number %s\n", pair[0] == of.fd ? "reused" : "free");
  finish(start(nothing, NULL));
  report("accept", accept(pair[0], NULL, NULL));
  set_nonblocking(pair[0]);
  report("read", read(pair[0], &byte, 1));
}

// Likewise, and the other is a listener that a child can change.
static void its_number_is_a_shared_ones(void) {
  int channel[2];
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
  const struct listener shared = made();
  if (MUST(fork()) == 0) help(shared.fd, channel[1]);
  struct listener of = made();
  fclose(fdopen(of.fd, "r"));
  printf("number %s\n", MUST(dup(shared.fd)) == of.fd ? "reused" : "free");
  MUST(close(shared.fd));
  of.where = shared.where;
  serve(&of);
  have_it_done(&of, channel[0]);
}

// Likewise, before it began to listen itself.
static void its_number_is_one_that_listens(void) {
  int channel[2];
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
  const struct listener shared = made();
  if (MUST(fork()) == 0) help(shared.fd, channel[1]);
  struct listener of = {MUST(socket(AF_INET, SOCK_STREAM, 0)), shared.where};
  fclose(fdopen(of.fd, "r"));
  printf("number %s\n", MUST(dup(shared.fd)) == of.fd ? "reused" : "free");
  MUST(close(shared.fd));
  MUST(listen(of.fd, 64));
  serve(&of);
  have_it_done(&of, channel[0]);
}

int main(void) {
  static const struct {
    const char* name;
    void (*run)(void);
  } ways[] = {
      {"plain", plain_and_then_shut_down},
      {"two threads", of_two_threads},
      {"a duplicate does not wait", a_duplicate_does_not_wait},
      {"a later duplicate does not wait", a_later_duplicate_does_not_wait},
      {"a child makes it not wait", a_child_makes_it_not_wait},
      {"a child of _Fork() does", a_child_of_Fork_does},
      {"one that was sent it does", one_that_was_sent_it_does},
      {"limited", limited},
      {"limited when it came", limited_when_it_came},
      {"its number is another's", its_number_is_anothers},
      {"its number is a shared one's", its_number_is_a_shared_ones},
      {"its number is one's that listens", its_number_is_one_that_listens},
  };
  for (size_t i = 0; i < sizeof ways / sizeof *ways; ++i) {
    printf("-- %s\n", ways[i].name);
    fflush(stdout);
    int status;
    if (MUST(fork()) == 0) {
      ways[i].run();
      exit(0);
    }
    MUST(wait(&status));
    tell_status("ended", status);
  }
  return 0;
}
