// A non-blocking connect(): EINPROGRESS, writable when done, SO_ERROR tells, EISCONN afterwards. connect(2)
#include "check.h"

static struct sockaddr_in open_port, closed_port;

static void try_connect(const struct sockaddr_in *where) {
  int error = -1;
  socklen_t size = sizeof error;
  int fd = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  report("connect", connect(fd, (const struct sockaddr *)where, sizeof *where));
  struct pollfd wait = {fd, POLLOUT, 0};
  report("poll", poll(&wait, 1, 1000));
  printf("revents: %#x\n", wait.revents);
  MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size));
  printf("SO_ERROR: %s\n", strerrorname_np(error));
  for (int i = 0; i < 2; ++i)
    report("connect again", connect(fd, (const struct sockaddr *)where, sizeof *where));
  printf("still non-blocking: %d\n", (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
  close(fd);
}

static void *attempts(void *unused) {
  (void)unused;
  try_connect(&open_port);
  try_connect(&closed_port);
  return NULL;
}

int main(void) {
  close(listen_on_loopback(&closed_port, 1));
  listen_on_loopback(&open_port, 16);
  finish(start(attempts, NULL));
  return 0;
}
