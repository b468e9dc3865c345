// A descriptor for signals that another process made: it comes by a socket, unix(7), or is taken from there,
// pidfd_getfd(2).
#include "check.h"
#include <sys/signalfd.h>
#include <sys/syscall.h>

static int channel[2];

static int make(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  return MUST(signalfd(-1, &set, 0));
}

union control {
  char bytes[CMSG_SPACE(sizeof(int))];
  struct cmsghdr header;
};

static void send_one(int number) {
  const int fd = make(number);
  union control control = {.bytes = {0}};
  struct iovec byte = {&(char){0}, 1};
  struct msghdr message = {
      .msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
  MUST(sendmsg(channel[1], &message, 0));
}

static int receive_one(int several, int flags) {
  union control control;
  struct iovec byte = {&(char){0}, 1};
  struct mmsghdr message = {
      .msg_hdr = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control}};
  int fd;
  if (several)
    MUST(recvmmsg(channel[0], &message, 1, flags, NULL));
  else
    MUST(recvmsg(channel[0], &message.msg_hdr, flags));
  memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
  return fd;
}

static void try(const char *name, int fd, int number) {
  struct pollfd poller = {.fd = fd, .events = POLLIN};
  struct signalfd_siginfo info = {0};
  kill(getpid(), number);
  if (poll(&poller, 1, 2000) == 1) MUST(read(fd, &info, sizeof info));
  printf("%s: %d\n", name, info.ssi_signo == (unsigned)number);
}

enum { known_number = 77 };

// Sends some, keeps one, and says so by another message.
static void other_process(void) {
  for (int i = 0; i < 4; ++i) send_one(SIGRTMIN + i);
  MUST(dup2(make(SIGRTMIN + 4), known_number));
  MUST(write(channel[1], "", 1));
  pause();
  _exit(0);
}

static void *run(void *process) {
  try("recvmsg", receive_one(0, 0), SIGRTMIN);
  try("recvmmsg", receive_one(1, 0), SIGRTMIN + 1);
  settle();
  try("recvmsg, at once", receive_one(0, MSG_DONTWAIT), SIGRTMIN + 2);
  try("recvmmsg, at once", receive_one(1, MSG_DONTWAIT), SIGRTMIN + 3);
  char byte;
  MUST(read(channel[0], &byte, 1));
  const int pidfd = MUST(syscall(SYS_pidfd_open, (pid_t)(intptr_t)process, 0));
  try("pidfd_getfd", MUST(syscall(SYS_pidfd_getfd, pidfd, known_number, 0)), SIGRTMIN + 4);
  return NULL;
}

int main(void) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, NULL);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, channel));
  const pid_t process = MUST(fork());
  if (process == 0) other_process();
  finish(start(run, (void *)(intptr_t)process));
  kill(process, SIGKILL);
  return 0;
}
