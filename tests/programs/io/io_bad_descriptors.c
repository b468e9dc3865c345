// EBADF, ENOTSOCK, EISDIR, ENOTCONN, ...: what each call says of the wrong descriptor. errno(3)
#include "check.h"
#include <sys/epoll.h>

static void try_all(const char *what, int fd) {
  char byte = 0;
  struct epoll_event event;
  struct sockaddr_in where = {.sin_family = AF_INET};
  printf("%s\n", what);
  report("  read", read(fd, &byte, 1));
  report("  write", write(fd, &byte, 1));
  report("  recv", recv(fd, &byte, 1, MSG_NOSIGNAL));
  report("  send", send(fd, &byte, 1, MSG_NOSIGNAL));
  report("  accept", accept(fd, NULL, NULL));
  report("  connect", connect(fd, (struct sockaddr *)&where, 1));
  report("  shutdown", shutdown(fd, SHUT_RD));
  report("  epoll_wait", epoll_wait(fd, &event, 1, 0));
  struct pollfd wait = {fd, POLLIN, 0};
  report("  poll", poll(&wait, 1, 0));
  printf("  revents %#x\n", wait.revents);
}

static void *attempts(void *unused) {
  (void)unused;
  int ends[2];
  struct sockaddr_in where;
  MUST(pipe(ends));
  MUST(write(ends[1], "xx", 2));
  try_all("never opened", 12345);
  try_all("negative", -1);
  try_all("directory", MUST(open("/tmp", O_RDONLY | O_DIRECTORY)));
  try_all("O_PATH", MUST(open("/tmp", O_PATH)));
  try_all("file opened for writing", MUST(open("/dev/null", O_WRONLY)));
  try_all("pipe, reading end", ends[0]);
  try_all("fresh TCP socket", MUST(socket(AF_INET, SOCK_STREAM, 0)));
  try_all("fresh UDP socket", MUST(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)));
  int listener = listen_on_loopback(&where, 1);
  MUST(fcntl(listener, F_SETFL, O_NONBLOCK));
  try_all("listener", listener);
  return NULL;
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  finish(start(attempts, NULL));
  report("close twice", close(12345));
  report("dup2 from nothing", dup2(12345, 5));
  report("fcntl of nothing", fcntl(12345, F_GETFL));
  report("open a directory to write", open("/tmp", O_WRONLY));
  report("lseek of a socket", lseek(socket(AF_UNIX, SOCK_STREAM, 0), 0, SEEK_SET));
  return 0;
}
