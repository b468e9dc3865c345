// recv() on a TCP socket blocks until the peer's thread sends; 0 once it has shut down. recv(2), send(2)
#include "check.h"

static int ends[2];

static void *serve(void *unused) {
  (void)unused;
  char request[64];
  for (;;) {
    ssize_t n = recv(ends[1], request, sizeof request, 0);
    if (n <= 0)
      return (void *)n;
    for (ssize_t i = 0; i < n; ++i)
      request[i] ^= 0x20;
    if (send(ends[1], request, n, MSG_NOSIGNAL) != n)
      return (void *)-1L;
  }
}

int main(void) {
  const char *words[] = {"Thread", "PER", "connection", "x"};
  tcp_pair(ends);
  pthread_t server = start(serve, NULL);
  for (int i = 0; i < 4; ++i) {
    char reply[64] = "";
    if (i < 2)
      settle();
    report("send", send(ends[0], words[i], strlen(words[i]), 0));
    report("recv", recv(ends[0], reply, strlen(words[i]), MSG_WAITALL));
    printf("  %s\n", reply);
  }
  report("shutdown", shutdown(ends[0], SHUT_WR));
  printf("server's last recv: %ld\n", (long)finish(server));
  char byte;
  close(ends[1]);
  report("recv after the peer closed", recv(ends[0], &byte, 1, 0));
  return 0;
}
