// Out of descriptors: accept, open, pipe, socket give EMFILE; the waiting client is served later. accept(2)
#include "check.h"
#include <sys/resource.h>

static int listener;
static struct sockaddr_in where;

static void *client(void *argument) {
  int fd = *(int *)argument;
  char reply = '-';
  MUST(connect(fd, (struct sockaddr *)&where, sizeof where));
  return read(fd, &reply, 1) == 1 ? (void *)(long)reply : NULL;
}

static void *server(void *unused) {
  (void)unused;
  int taken[64], count = 0, ends[2];
  struct outcome last;
  while ((last = seen(open("/dev/null", O_RDONLY))).result >= 0)
    taken[count++] = (int)last.result;
  printf("opened %d, the last %d\n", count, taken[count - 1]);
  tell("open", last);
  report("accept", accept(listener, NULL, NULL));
  report("pipe", pipe(ends));
  report("socket", socket(AF_INET, SOCK_STREAM, 0));
  report("dup", dup(0));
  printf("tmpfile: %s\n", tmpfile() == NULL ? strerrorname_np(errno) : "opened");
  printf("popen: %s\n", popen("true", "r") == NULL ? strerrorname_np(errno) : "opened");
  close(taken[count - 1]);
  int fd = accept(listener, NULL, NULL);
  printf("accept after a close: %d\n", fd);
  report("write", write(fd, "k", 1));
  close(fd);
  while (count-- > 1)
    close(taken[count - 1]);
  report("pipe", pipe(ends));
  return NULL;
}

int main(void) {
  struct rlimit limit;
  MUST(getrlimit(RLIMIT_NOFILE, &limit));
  limit.rlim_cur = 40;
  MUST(setrlimit(RLIMIT_NOFILE, &limit));
  listener = listen_on_loopback(&where, 4);
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  pthread_t b = start(client, &fd);
  settle();
  pthread_t a = start(server, NULL);
  finish(a);
  printf("client got %c\n", (char)(long)finish(b));
  return 0;
}
