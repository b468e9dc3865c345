// Descriptors passed to a blocked thread with SCM_RIGHTS work and get the lowest numbers. unix(7), cmsg(3)
#include "check.h"

static int ends[2];
static sem_t received;

static void *receiver(void *unused) {
  (void)unused;
  char text[8] = "", control[CMSG_SPACE(2 * sizeof(int))];
  struct iovec vector = {text, sizeof text};
  struct msghdr message = {NULL, 0, &vector, 1, control, sizeof control, 0};
  report("recvmsg", recvmsg(ends[0], &message, MSG_CMSG_CLOEXEC));
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header == NULL || header->cmsg_type != SCM_RIGHTS)
    return NULL;
  int got[2];
  memcpy(got, CMSG_DATA(header), sizeof got);
  printf("descriptors: %d %d, flags %#x\n", got[0], got[1], message.msg_flags);
  printf("close-on-exec: %d\n", fcntl(got[0], F_GETFD));
  sem_post(&received);
  report("read", read(got[0], text, sizeof text));
  report("write", write(got[1], text, 3));
  close(got[0]);
  close(got[1]);
  return NULL;
}

static void pass(int a, int b) {
  char control[CMSG_SPACE(2 * sizeof(int))] = "";
  struct iovec vector = {(void *)"two", 3};
  struct msghdr message = {NULL, 0, &vector, 1, control, sizeof control, 0};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  *header = (struct cmsghdr){CMSG_LEN(2 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(header), (int[2]){a, b}, 2 * sizeof(int));
  MUST(sendmsg(ends[1], &message, 0));
}

int main(void) {
  int tube[2], back[2];
  char text[8] = "";
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  MUST(pipe(tube));
  MUST(pipe(back));
  pthread_t thread = start(receiver, NULL);
  settle();
  pass(tube[0], back[1]);
  sem_wait(&received);
  close(tube[0]);
  close(back[1]);
  settle();
  MUST(write(tube[1], "xyz", 3));
  finish(thread);
  report("read back", read(back[0], text, sizeof text));
  printf("  %s\n", text);
  return 0;
}
