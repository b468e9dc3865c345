// A Unix SOCK_SEQPACKET server thread: connections with message boundaries, addresses by path. unix(7)
#include "check.h"

static int listener;

static void *serve(void *unused) {
  (void)unused;
  char text[32];
  for (int i = 0; i < 3; ++i) {
    int fd = MUST(accept(listener, NULL, NULL));
    for (ssize_t n; (n = recv(fd, text, sizeof text, 0)) > 0;)
      MUST(send(fd, text, n - 1, 0));
    close(fd);
  }
  return NULL;
}

static void *client(void *path) {
  char text[32] = "";
  int fd = MUST(socket(AF_UNIX, SOCK_SEQPACKET, 0));
  MUST(connect(fd, path, sizeof(struct sockaddr_un)));
  long sum = 0;
  for (int i = 2; i < 20; ++i) {
    MUST(send(fd, "abcdefghijklmnopqrstuvwxyz", i, 0));
    sum = sum * 3 + MUST(recv(fd, text, sizeof text, 0));
  }
  close(fd);
  return (void *)sum;
}

int main(void) {
  char directory[] = "programXXXXXX";
  struct sockaddr_un where = {AF_UNIX, ""};
  MUST(-(mkdtemp(directory) == NULL));
  snprintf(where.sun_path, sizeof where.sun_path, "%s/s", directory);
  listener = MUST(socket(AF_UNIX, SOCK_SEQPACKET, 0));
  MUST(bind(listener, (struct sockaddr *)&where, sizeof where));
  MUST(listen(listener, 8));
  pthread_t server = start(serve, NULL), clients[3];
  for (int i = 0; i < 3; ++i)
    clients[i] = start(client, &where);
  for (int i = 0; i < 3; ++i)
    report("client", (long)finish(clients[i]) % 1000003);
  finish(server);
  unlink(where.sun_path);
  rmdir(directory);
  return 0;
}
