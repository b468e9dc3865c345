// A descriptor closed while a thread blocks in read() on it: the read goes on and gets the data. close(2)
#include "check.h"

static int tcp[2], local[2], tube[2];
static sem_t begins;

static void *reader(void *fd) {
  char byte = 0;
  sem_post(&begins);
  ssize_t n = read(*(int *)fd, &byte, 1);
  return (void *)(long)(n * 256 + byte);
}

static void close_under(const char *what, int ends[2]) {
  int fd = ends[0];
  pthread_t thread = start(reader, &fd);
  sem_wait(&begins);
  settle();
  report("close", close(fd));
  settle();
  report("write", write(ends[1], "z", 1));
  long seen_by_reader = (long)finish(thread);
  printf("%s: read %ld '%c'\n", what, seen_by_reader / 256, (int)(seen_by_reader % 256));
  char byte;
  report("read again", read(fd, &byte, 1));
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  tcp_pair(tcp);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, local));
  MUST(pipe(tube));
  close_under("TCP", tcp);
  close_under("Unix", local);
  close_under("pipe", tube);
  return 0;
}
