// connect() to a full backlog gives up after SO_SNDTIMEO: EINPROGRESS for TCP, EAGAIN for Unix. socket(7)
#include "check.h"

static struct outcome tcp, local;
static long tcp_took, local_took;
static struct sockaddr_in where;
static struct sockaddr_un path = {AF_UNIX, ""};
static socklen_t path_size = sizeof(sa_family_t);

static int with_timeout(int domain, int ms) {
  struct timeval limit = {0, ms * 1000};
  int fd = MUST(socket(domain, SOCK_STREAM, 0));
  MUST(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
  return fd;
}

static void *connect_tcp(void *unused) {
  (void)unused;
  for (int i = 0; i < 8 && tcp.result == 0; ++i) {
    tcp_took = now_ms();
    tcp = seen(connect(with_timeout(AF_INET, 150), (struct sockaddr *)&where, sizeof where));
    tcp_took = now_ms() - tcp_took;
  }
  return NULL;
}

static void *connect_local(void *unused) {
  (void)unused;
  for (int i = 0; i < 8 && local.result == 0; ++i) {
    local_took = now_ms();
    local = seen(connect(with_timeout(AF_UNIX, 100), (struct sockaddr *)&path, path_size));
    local_took = now_ms() - local_took;
  }
  return NULL;
}

int main(void) {
  path_size = sizeof path;
  listen_on_loopback(&where, 0);
  int listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(bind(listener, (struct sockaddr *)&path, sizeof(sa_family_t)));
  MUST(getsockname(listener, (struct sockaddr *)&path, &path_size));
  MUST(listen(listener, 0));
  pthread_t a = start(connect_tcp, NULL), b = start(connect_local, NULL);
  finish(a);
  finish(b);
  tell("tcp", tcp);
  printf("  %s\n", promptness(tcp_took, 150));
  tell("unix", local);
  printf("  %s\n", promptness(local_took, 100));
  return 0;
}
