// close() of a listener under a blocked accept(): that call goes on and takes the next client. close(2)
#include "check.h"

static int listener;
static struct sockaddr_in where;

static void *acceptor(void *unused) {
  (void)unused;
  int fd = accept(listener, NULL, NULL);
  struct outcome again = seen(accept(listener, NULL, NULL));
  char byte = 0;
  long n = fd >= 0 ? read(fd, &byte, 1) : -1;
  return (void *)(n * 1000 + again.error);
}

int main(void) {
  listener = listen_on_loopback(&where, 2);
  int client = MUST(socket(AF_INET, SOCK_STREAM, 0));
  pthread_t thread = start(acceptor, NULL);
  settle();
  close(listener);
  MUST(open("/dev/null", O_RDONLY));  // takes its number
  settle();
  report("connect", connect(client, (struct sockaddr *)&where, sizeof where));
  MUST(write(client, "x", 1));
  long answer = (long)finish(thread);
  printf("read %ld, then accept: %s\n", answer / 1000, strerrorname_np((int)(answer % 1000)));
  return 0;
}
