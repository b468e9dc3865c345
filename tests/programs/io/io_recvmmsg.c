// recvmmsg(): MSG_WAITFORONE, a full vector, and a timeout that is looked at after each datagram. recvmmsg(2)
#include "check.h"

static int in, out;
static struct sockaddr_in where;
static sem_t go;

static int gather(unsigned count, int flags, struct timespec *timeout) {
  static char space[8][16];
  struct mmsghdr messages[8] = {0};
  struct iovec vectors[8];
  for (int i = 0; i < 8; ++i) {
    vectors[i] = (struct iovec){space[i], 16};
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int n = recvmmsg(in, messages, count, flags, timeout);
  report("recvmmsg", n);
  for (int i = 0; i < n; ++i)
    printf("  %u bytes \"%.*s\"\n", messages[i].msg_len, (int)messages[i].msg_len, space[i]);
  return n;
}

static void *receive(void *unused) {
  (void)unused;
  struct timespec timeout = {0, 100000000};
  gather(8, MSG_WAITFORONE, NULL);
  sem_post(&go);
  gather(4, 0, NULL);
  sem_post(&go);
  gather(8, 0, &timeout);
  gather(8, MSG_DONTWAIT, NULL);
  return NULL;
}

static void send_text(const char *text) {
  MUST(sendto(out, text, strlen(text), 0, (struct sockaddr *)&where, sizeof where));
}

int main(void) {
  struct sockaddr_in other;
  in = udp_on_loopback(&where);
  out = udp_on_loopback(&other);
  pthread_t thread = start(receive, NULL);
  settle();
  send_text("only");
  sem_wait(&go);
  const char *four[] = {"a", "bb", "ccc", "dddd"};
  for (int i = 0; i < 4; ++i) {
    nap(10);
    send_text(four[i]);
  }
  sem_wait(&go);
  send_text("in time");
  nap(250);
  send_text("after the timeout");
  finish(thread);
  return 0;
}
