// recv(MSG_PEEK) blocks for data and leaves it; with MSG_TRUNC it tells a datagram's size. recv(2)
#include "check.h"

static int ends[2];

static void *receiver(void *unused) {
  (void)unused;
  for (int i = 0; i < 3; ++i) {
    char text[16] = "";
    report(i < 2 ? "peek" : "recv", recv(ends[0], text, sizeof text, i < 2 ? MSG_PEEK : 0));
    printf("  %s\n", text);
  }
  char text[4] = "";
  report("peek with MSG_TRUNC", recv(ends[0], text, 3, MSG_PEEK | MSG_TRUNC));
  report("recv with MSG_TRUNC", recv(ends[0], text, 3, MSG_TRUNC));
  printf("  %s\n", text);
  return NULL;
}

int main(void) {
  struct sockaddr_in where[2];
  for (int i = 0; i < 2; ++i)
    ends[i] = udp_on_loopback(&where[i]);
  for (int i = 0; i < 2; ++i)
    MUST(connect(ends[i], (struct sockaddr *)&where[1 - i], sizeof where[0]));
  pthread_t thread = start(receiver, NULL);
  settle();
  MUST(send(ends[1], "first", 5, 0));
  settle();
  MUST(send(ends[1], "the second", 10, 0));
  finish(thread);
  return 0;
}
