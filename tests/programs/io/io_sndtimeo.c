// SO_SNDTIMEO: a send that fits partly returns that part after the time, a full queue EAGAIN. socket(7)
#include "check.h"

enum { size = 16 << 20 };
static char data[size];
static const char *verdict[2];

static void *sender(void *argument) {
  int *ends = argument;
  struct timeval limit = {0, 120000};
  MUST(setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
  long from = now_ms();
  ssize_t n = send(ends[0], data, size, 0);
  long spent = now_ms() - from;
  if (n <= 0 || n >= size)
    return (void *)"odd";
  return (void *)promptness(spent, 120);
}

int main(void) {
  int tcp[2], local[2];
  tcp_pair(tcp);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, local));
  pthread_t a = start(sender, tcp), b = start(sender, local);
  verdict[0] = finish(a);
  verdict[1] = finish(b);
  printf("a part by TCP: %s\na part by Unix: %s\n", verdict[0], verdict[1]);
  long from = now_ms();
  report("write", write(local[0], data, size));
  took_about("write", from, 120);
  return 0;
}
