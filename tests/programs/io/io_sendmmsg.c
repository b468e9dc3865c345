// sendmmsg() sends many datagrams in a call, reports each length, blocks on a full queue. sendmmsg(2)
#include "check.h"

enum { count = 600 };
static int ends[2];
static uint32_t sum;

static void *receive(void *unused) {
  (void)unused;
  unsigned char text[64];
  long messages = 0;
  settle();
  for (ssize_t n; messages < count && (n = recv(ends[0], text, sizeof text, 0)) >= 0; ++messages)
    sum = sum * 31 + checksum(text, n);
  return (void *)messages;
}

int main(void) {
  static struct mmsghdr messages[count];
  static struct iovec vectors[count];
  static char text[count][48];
  MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
  uint32_t expected = 0;
  for (int i = 0; i < count; ++i) {
    size_t size = i % 48;
    fill(text[i], size, i);
    vectors[i] = (struct iovec){text[i], size};
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    expected = expected * 31 + checksum(text[i], size);
  }
  pthread_t thread = start(receive, NULL);
  int sent = 0;
  while (sent < count)
    sent += MUST(sendmmsg(ends[1], messages + sent, count - sent, 0));
  long lengths = 0;
  for (int i = 0; i < count; ++i)
    lengths += messages[i].msg_len;
  printf("sent %d messages, %ld bytes\n", sent, lengths);
  long received = (long)finish(thread);
  printf("received %ld, %s\n", received, sum == expected ? "intact" : "damaged");
  return 0;
}
