// IOV_MAX vectors are taken, one more is EINVAL or EMSGSIZE, as is a negative count. readv(2)
#include "check.h"
#include <limits.h>

static struct iovec vectors[IOV_MAX + 1];
static char bytes[IOV_MAX + 1];
static int ends[2];
static volatile int minus_one = -1;

static void *reader(void *count) { return (void *)readv(ends[0], vectors, (int)(long)count); }

int main(void) {
  char data[2000] = "";
  struct mmsghdr many = {0};
  for (int i = 0; i <= IOV_MAX; ++i)
    vectors[i] = (struct iovec){&bytes[i], 1};
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  pthread_t thread = start(reader, (void *)(long)IOV_MAX);
  settle();
  MUST(write(ends[1], data, sizeof data));
  printf("readv of IOV_MAX: %ld\n", (long)finish(thread));
  report("readv of one more", readv(ends[0], vectors, IOV_MAX + 1));
  report("writev of one more", writev(ends[1], vectors, IOV_MAX + 1));
  report("writev of -1", writev(ends[1], vectors, minus_one));
  struct msghdr message = {NULL, 0, vectors, IOV_MAX + 1, NULL, 0, 0};
  report("sendmsg of one more", sendmsg(ends[1], &message, 0));
  report("recvmsg of one more", recvmsg(ends[0], &message, 0));
  many.msg_hdr = message;
  report("sendmmsg of one more", sendmmsg(ends[1], &many, 1, 0));
  vectors[0].iov_len = vectors[1].iov_len = SSIZE_MAX;
  report("writev of too much", writev(ends[1], vectors, 2));
  report("still there", recv(ends[0], data, sizeof data, 0));
  return 0;
}
