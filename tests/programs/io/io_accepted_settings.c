// What an accepted socket has of its listener: the timeouts as they were when the connection came, by TCP but
// not by UNIX; never O_NONBLOCK, but for accept4's flag. accept(2), socket(7)
#include "check.h"

#include <sys/un.h>

static void limit(int fd, int option, int ms) {
  const struct timeval time = {0, ms * 1000};
  MUST(setsockopt(fd, SOL_SOCKET, option, &time, sizeof time));
}

static void look(const char* what, int fd) {
  struct timeval time = {0};
  socklen_t size = sizeof time;
  MUST(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, &size));
  printf("%s: O_NONBLOCK %d, limit %ld us\n", what, (MUST(fcntl(fd, F_GETFL)) & O_NONBLOCK) != 0,
         (long)time.tv_usec);
}

// Waits in vain for as long as the socket has it, or until the peer has ended.
static void wait_in_vain(const char* what, int fd, int peer, int ms) {
  char space[8];
  look(what, fd);
  const long from = now_ms();
  if (ms == 0) MUST(shutdown(peer, SHUT_WR));
  for (int twice = 0; twice < 2; ++twice) report(what, read(fd, space, sizeof space));
  took_about(what, from, 2 * ms);
}

struct way {
  const char* name;
  int before,
      after;  // milliseconds: the listener's timeout when the connection comes, and when it is accepted
  int flags;
  int expected;
};

static const struct way ways[] = {
    {"plain", 0, 0, 0, 0},
    {"limited", 80, 80, 0, 80},
    {"limited too late", 0, 90, 0, 0},
    {"limited before", 70, 0, 0, 70},
    {"plain again", 0, 0, 0, 0},
    {"plain, once more", 0, 0, 0, 0},
};

static void* by_tcp(void* unused) {
  (void)unused;
  struct sockaddr_in where;
  const int listener = listen_on_loopback(&where, 8);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; ++i) {
    limit(listener, SO_RCVTIMEO, ways[i].before);
    const int peer = connect_to(&where);
    limit(listener, SO_RCVTIMEO, ways[i].after);
    const int fd = MUST(accept(listener, NULL, NULL));
    wait_in_vain(ways[i].name, fd, peer, ways[i].expected);
    MUST(close(fd));
    MUST(close(peer));
  }
  limit(listener, SO_RCVTIMEO, 0);
  MUST(fcntl(listener, F_SETFL, O_NONBLOCK));
  int peer = connect_to(&where);
  int fd = MUST(accept4(listener, NULL, NULL, SOCK_NONBLOCK));
  wait_in_vain("accept4", fd, peer, 0);
  MUST(close(fd));
  MUST(close(peer));
  peer = connect_to(&where);
  fd = MUST(accept(listener, NULL, NULL));
  wait_in_vain("of a listener that does not wait", fd, peer, 0);
  return NULL;
}

static void* by_unix(void* unused) {
  (void)unused;
  struct sockaddr_un where = {.sun_family = AF_UNIX};
  const socklen_t size = sizeof where.sun_family;  // the kernel finds a name
  const int listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(bind(listener, (struct sockaddr*)&where, size));
  MUST(listen(listener, 8));
  socklen_t length = sizeof where;
  MUST(getsockname(listener, (struct sockaddr*)&where, &length));
  limit(listener, SO_RCVTIMEO, 80);
  const int peer = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(connect(peer, (struct sockaddr*)&where, length));
  const int fd = MUST(accept(listener, NULL, NULL));
  wait_in_vain("unix", fd, peer, 0);
  return NULL;
}

int main(void) {
  finish(start(by_tcp, NULL));
  finish(start(by_unix, NULL));
  return 0;
}
