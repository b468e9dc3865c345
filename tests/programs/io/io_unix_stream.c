// A Unix stream server by path: thread per connection, peer credentials, half-close. unix(7)
#include "check.h"

enum { clients = 20 };
static int listener;
static struct sockaddr_un where = {AF_UNIX, ""};

static void *serve(void *argument) {
  int fd = (int)(long)argument;
  char space[64];
  long total = 0;
  struct ucred peer;
  socklen_t size = sizeof peer;
  MUST(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size));
  for (ssize_t n; (n = read(fd, space, sizeof space)) > 0; total += n)
    continue;
  total = peer.pid == getpid() ? total : -1;
  MUST(write(fd, &total, sizeof total));
  close(fd);
  return NULL;
}

static void *client(void *argument) {
  static char data[5000];
  long answer = -1;
  int fd = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(connect(fd, (struct sockaddr *)&where, sizeof where));
  MUST(write_all(fd, data, 1000 + (long)argument * 100));
  MUST(shutdown(fd, SHUT_WR));
  read_all(fd, &answer, sizeof answer);
  close(fd);
  return (void *)answer;
}

int main(void) {
  pthread_t thread[clients], server[clients];
  char directory[] = "programXXXXXX";
  MUST(-(mkdtemp(directory) == NULL));
  snprintf(where.sun_path, sizeof where.sun_path, "%s/s", directory);
  listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(bind(listener, (struct sockaddr *)&where, sizeof where));
  MUST(listen(listener, 5));
  for (long i = 0; i < clients; ++i)
    thread[i] = start(client, (void *)i);
  for (int i = 0; i < clients; ++i)
    server[i] = start(serve, (void *)(long)MUST(accept(listener, NULL, NULL)));
  for (int i = 0; i < clients; ++i)
    finish(server[i]);
  for (int i = 0; i < clients; ++i)
    printf("%ld ", (long)finish(thread[i]));
  printf("\n");
  unlink(where.sun_path);
  rmdir(directory);
  return 0;
}
