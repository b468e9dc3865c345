// System V and POSIX message queues: a receive blocks one thread only. msgrcv(2), mq_receive(3)
#include "check.h"
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>

struct message {
  long type;
  char text[16];
};
static int queue;
static mqd_t posix_queue;

static void *sysv(void *unused) {
  (void)unused;
  struct message got;
  return (void *)(msgrcv(queue, &got, sizeof got.text, 5, 0) * 10 + got.type);
}

static void *posix(void *unused) {
  (void)unused;
  char text[16];
  unsigned priority = 0;
  long n = mq_receive(posix_queue, text, sizeof text, &priority);
  return (void *)(n * 10 + priority);
}

int main(void) {
  struct message out = {4, "other"};
  struct mq_attr attributes = {.mq_maxmsg = 4, .mq_msgsize = 16};
  struct timespec past = {1, 0};
  char name[32], text[16];
  queue = MUST(msgget(IPC_PRIVATE, 0600));
  snprintf(name, sizeof name, "/program%d", (int)getpid());
  posix_queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attributes);
  mq_unlink(name);
  pthread_t a = start(sysv, NULL), b = start(posix, NULL);
  settle();
  MUST(msgsnd(queue, &out, 5, 0));
  out.type = 5;
  MUST(msgsnd(queue, &out, 3, 0));
  MUST(mq_send(posix_queue, "four", 4, 7));
  printf("msgrcv: %ld\n", (long)finish(a));
  printf("mq_receive: %ld\n", (long)finish(b));
  report("msgrcv IPC_NOWAIT", msgrcv(queue, &out, sizeof out.text, 99, IPC_NOWAIT));
  report("mq_timedreceive", mq_timedreceive(posix_queue, text, sizeof text, NULL, &past));
  msgctl(queue, IPC_RMID, NULL);
  return 0;
}
