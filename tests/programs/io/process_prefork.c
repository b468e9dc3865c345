// Prefork: four children share one listener, each with threads; every connection is served once. accept(2)
#include "check.h"

enum { children = 4, per_child = 3, connections = 60 };
static int listener;
static struct sockaddr_in where;

static void *serve(void *unused) {
  (void)unused;
  for (;;) {
    char byte;
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      return NULL;
    if (read(fd, &byte, 1) == 1)
      MUST(write(fd, &byte, 1));
    close(fd);
  }
}

static void child(void) {
  pthread_t thread[per_child];
  for (int i = 0; i < per_child; ++i)
    thread[i] = start(serve, NULL);
  for (int i = 0; i < per_child; ++i)
    finish(thread[i]);
  _exit(0);
}

static void *client(void *argument) {
  char out = 'a' + (long)argument % 26, in = 0, more;
  int fd = connect_to(&where);
  MUST(write(fd, &out, 1));
  int good = read(fd, &in, 1) == 1 && in == out && read(fd, &more, 1) == 0;
  close(fd);
  return (void *)(long)good;
}

int main(void) {
  pid_t pid[children];
  pthread_t thread[connections];
  int good = 0, status;
  listener = listen_on_loopback(&where, connections);
  for (int i = 0; i < children; ++i)
    if ((pid[i] = MUST(fork())) == 0)
      child();
  for (long i = 0; i < connections; ++i)
    thread[i] = start(client, (void *)i);
  for (int i = 0; i < connections; ++i)
    good += finish(thread[i]) != NULL;
  printf("served %d\n", good);
  MUST(shutdown(listener, SHUT_RDWR));
  for (int i = 0; i < children; ++i) {
    MUST(waitpid(pid[i], &status, 0));
    tell_status("child", status);
  }
  return 0;
}
