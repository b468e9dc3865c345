// accept4() sets exactly the flags asked for, also when it had to wait. accept4(2)
#include "check.h"

static int listener;
static const int flags[] = {0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC};

static void *acceptor(void *unused) {
  (void)unused;
  for (int i = 0; i < 4; ++i) {
    char byte;
    int fd = MUST(accept4(listener, NULL, NULL, flags[i]));
    printf("accept4(%#x): %s, close-on-exec %d\n", flags[i],
           fcntl(fd, F_GETFL) & O_NONBLOCK ? "non-blocking" : "blocking", fcntl(fd, F_GETFD));
    if (flags[i] & SOCK_NONBLOCK)
      report("  read", read(fd, &byte, 1));
  }
  report("accept4 with unknown flags", accept4(listener, NULL, NULL, 0x1));
  return NULL;
}

int main(void) {
  struct sockaddr_in where;
  listener = listen_on_loopback(&where, 8);
  pthread_t thread = start(acceptor, NULL);
  for (int i = 0; i < 4; ++i) {
    settle();
    connect_to(&where);
  }
  finish(thread);
  return 0;
}
