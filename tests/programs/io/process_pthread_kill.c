// pthread_kill() runs the handler in that thread, and only its blocked call gives EINTR. pthread_kill(3)
#include "check.h"

enum { threads = 6 };
static int ends[threads][2];
static pthread_t thread[threads];
static volatile sig_atomic_t handled[threads];
static __thread int me = -1;

static void handler(int signal) {
  (void)signal;
  if (me >= 0)
    ++handled[me];
}

static void *reader(void *argument) {
  char byte;
  me = (int)(long)argument;
  struct outcome first = seen(read(ends[me][0], &byte, 1));
  struct outcome second = seen(read(ends[me][0], &byte, 1));
  return (void *)(long)(first.result < 0 && first.error == EINTR ? 100 + second.result : first.result);
}

int main(void) {
  struct sigaction action = {.sa_handler = handler};
  sigaction(SIGUSR1, &action, NULL);
  for (long i = 0; i < threads; ++i) {
    MUST(i % 2 ? pipe(ends[i]) : socketpair(AF_UNIX, SOCK_STREAM, 0, ends[i]));
    thread[i] = start(reader, (void *)i);
  }
  settle();
  printf("pthread_kill: %d\n", pthread_kill(thread[2], SIGUSR1));
  printf("pthread_kill: %d\n", pthread_kill(thread[3], SIGUSR1));
  printf("signal 0: %d\n", pthread_kill(thread[1], 0));
  printf("a bad signal: %s\n", strerrorname_np(pthread_kill(thread[1], 99)));
  settle();
  for (int i = 0; i < threads; ++i)
    MUST(write(ends[i][1], "xx", 2));
  for (int i = 0; i < threads; ++i)
{
    printf("%d: %ld", i, (long)finish(thread[i]));
    printf(", handled %d\n", handled[i]);
  }
  return 0;
}
