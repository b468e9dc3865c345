// recvmsg() blocks, then fills its vectors and flags (MSG_TRUNC) as the kernel does. recvmsg(2), unix(7)
#include "check.h"

static int ends[2];
static struct { struct outcome got; int flags; char text[2][5]; } log_[3];

static void *receive(void *unused) {
  (void)unused;
  for (int i = 0; i < 3; ++i) {
    struct iovec vector[2] = {{log_[i].text[0], 4}, {log_[i].text[1], 4}};
    struct msghdr message = {.msg_iov = vector, .msg_iovlen = 2};
    log_[i].got = seen(recvmsg(ends[0], &message, 0));
    log_[i].flags = message.msg_flags;
  }
  return NULL;
}

int main(void) {
  const char *messages[] = {"four+4", "more than eight bytes", "end"};
  MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends));
  pthread_t thread = start(receive, NULL);
  for (int i = 0; i < 3; ++i) {
    settle();
    struct iovec vector[2] = {{(void *)messages[i], 2}, {(void *)(messages[i] + 2), strlen(messages[i]) - 2}};
    struct msghdr message = {.msg_iov = vector, .msg_iovlen = 2};
    report("sendmsg", sendmsg(ends[1], &message, MSG_EOR));
  }
  finish(thread);
  for (int i = 0; i < 3; ++i)
    printf("recvmsg: %ld \"%s\" \"%s\" flags %#x\n", log_[i].got.result, log_[i].text[0], log_[i].text[1],
           log_[i].flags);
  return 0;
}
