// waitpid() and waitid() block one thread only: others exchange messages meanwhile. waitpid(2)
#include "check.h"

static int ends[2], gate[2];

static void *waiter(void *pid) {
  int status;
  return (void *)(long)(waitpid((pid_t)(long)pid, &status, 0) == (pid_t)(long)pid ? WEXITSTATUS(status) : -1);
}

static void *idwaiter(void *pid) {
  siginfo_t info = {0};
  MUST(waitid(P_PID, (id_t)(long)pid, &info, WEXITED));
  return (void *)(long)(info.si_status * 10 + info.si_code);
}

static void *echo(void *unused) {
  (void)unused;
  char byte;
  while (read(ends[1], &byte, 1) == 1)
    MUST(write(ends[1], &byte, 1));
  return NULL;
}

static pid_t child(int code) {
  char byte;
  pid_t pid = MUST(fork());
  if (pid == 0)
    _exit(read(gate[0], &byte, 1) == 1 ? code : 99);
  return pid;
}

int main(void) {
  char byte = 0;
  int rounds = 0, status;
  MUST(pipe(gate));
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  pid_t first = child(21), second = child(22);
  pthread_t a = start(waiter, (void *)(long)first), b = start(idwaiter, (void *)(long)second);
  pthread_t c = start(echo, NULL);
  settle();
  for (; rounds < 2000; ++rounds)
    if (write(ends[0], "x", 1) != 1 || read(ends[0], &byte, 1) != 1)
      break;
  printf("%d messages while they wait\n", rounds);
  report("WNOHANG", waitpid(first, &status, WNOHANG));
  MUST(write(gate[1], "12", 2));
  printf("waitpid: %ld\n", (long)finish(a));
  printf("waitid: %ld\n", (long)finish(b));
  shutdown(ends[0], SHUT_WR);
  finish(c);
  report("wait without children", wait(&status));
  return 0;
}
