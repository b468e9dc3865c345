// shutdown() of datagram sockets by another thread ends their readers' waits with nothing read. shutdown(2)
#include "check.h"

static int udp[5], local[2];

static void *receiver(void *fd) {
  char text[8];
  return (void *)recvfrom(*(int *)fd, text, sizeof text, 0, NULL, NULL);
}

static void *reader(void *fd) {
  char text[8];
  return (void *)read(*(int *)fd, text, sizeof text);
}

static void *message_receiver(void *fd) {
  char text[8];
  struct iovec part = {text, sizeof text};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  return (void *)recvmsg(*(int *)fd, &message, 0);
}

static long receive_several(int fd, int flags) {
  char text[3][8];
  struct iovec parts[3];
  struct mmsghdr messages[3] = {0};
  for (int i = 0; i < 3; ++i) {
    parts[i] = (struct iovec){text[i], sizeof text[i]};
    messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[i], .msg_iovlen = 1}, .msg_len = 99};
  }
  const long received = recvmmsg(fd, messages, 3, flags, NULL);
  for (int i = 0; i < 3; ++i) printf("length %u%s", messages[i].msg_len, i < 2 ? ", " : "\n");
  return received;
}

static void* several_receiver(void* fd) { return (void*)receive_several(*(int*)fd, 0); }

static void* first_receiver(void* fd) { return (void*)receive_several(*(int*)fd, MSG_WAITFORONE); }

/// Says so before a reader that this wakes says anything.
static void shut_down(int fd) {
  flockfile(stdout);
  report("shutdown UDP", shutdown(fd, SHUT_RD));
  funlockfile(stdout);
}

int main(void) {
  struct sockaddr_in where;
  for (int i = 0; i < 5; ++i) udp[i] = udp_on_loopback(&where);
  MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, local));
  pthread_t a = start(receiver, &udp[0]), b = start(reader, &udp[1]), c = start(message_receiver, &udp[2]);
  pthread_t d = start(receiver, &local[0]);
  settle();
  for (int i = 0; i < 3; ++i) report("shutdown UDP", shutdown(udp[i], SHUT_RD));
  report("shutdown Unix", shutdown(local[0], SHUT_RD));
  printf("recvfrom: %ld\n", (long)finish(a));
  printf("read: %ld\n", (long)finish(b));
  printf("recvmsg: %ld\n", (long)finish(c));
  printf("Unix recvfrom: %ld\n", (long)finish(d));
  char byte;
  pthread_t e = start(several_receiver, &udp[3]);
  settle();
  shut_down(udp[3]);
  printf("recvmmsg: %ld\n", (long)finish(e));
  pthread_t f = start(first_receiver, &udp[4]);
  settle();
  shut_down(udp[4]);
  printf("recvmmsg for one: %ld\n", (long)finish(f));
  printf("again: %ld\n", receive_several(udp[3], 0));
  report("again", recv(udp[0], &byte, 1, 0));
  report("without waiting", recv(udp[0], &byte, 1, MSG_DONTWAIT));
  return 0;
}
