// 20 threads in accept() on one listener, 200 connections: each is served exactly once. accept(2)
#include "check.h"

enum { pool = 20, connections = 200 };
static int listener;

static void *serve(void *unused) {
  (void)unused;
  long served = 0;
  for (;;) {
    char request[4];
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      return (void *)served;
    if (read_all(fd, request, 4) == 4 && write_all(fd, request, 4) == 4)
      ++served;
    close(fd);
  }
}

int main(void) {
  struct sockaddr_in where;
  pthread_t thread[pool];
  int echoed = 0, ended = 0;
  long served = 0;
  listener = listen_on_loopback(&where, 64);
  for (int i = 0; i < pool; ++i)
    thread[i] = start(serve, NULL);
  for (int burst = 0; burst < connections; burst += 25) {
    int fd[25];
    for (int i = 0; i < 25; ++i)
      fd[i] = connect_to(&where);
    for (int i = 0; i < 25; ++i) {
      char text[5], reply[5] = "";
      snprintf(text, sizeof text, "%04d", burst + i);
      write_all(fd[i], text, 4);
      echoed += read_all(fd[i], reply, 4) == 4 && strcmp(text, reply) == 0;
      ended += read(fd[i], reply, 1) == 0;
      close(fd[i]);
    }
  }
  MUST(shutdown(listener, SHUT_RDWR));
  for (int i = 0; i < pool; ++i)
    served += (long)finish(thread[i]);
  printf("echoed %d, ended %d, served %ld\n", echoed, ended, served);
  return 0;
}
