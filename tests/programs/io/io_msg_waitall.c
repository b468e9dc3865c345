// recv(MSG_WAITALL) gathers several sends before it returns; less at the end of the stream. recv(2)
#include "check.h"

static int ends[2];
static char text[2][32];

static void *receiver(void *unused) {
  (void)unused;
  report("recv MSG_WAITALL", recv(ends[0], text[0], 12, MSG_WAITALL));
  report("recv MSG_WAITALL at the end", recv(ends[0], text[1], 12, MSG_WAITALL));
  return NULL;
}

static void run(void) {
  memset(text, 0, sizeof text);
  pthread_t thread = start(receiver, NULL);
  for (int i = 0; i < 4; ++i) {
    settle();
    MUST(send(ends[1], "0123456789" + i, 4, 0));
  }
  settle();
  shutdown(ends[1], SHUT_WR);
  finish(thread);
  printf("  %s %s\n", text[0], text[1]);
}

int main(void) {
  tcp_pair(ends);
  run();
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  run();
  return 0;
}
