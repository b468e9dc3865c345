// A Unix connect() to a full backlog blocks until the server accepts; all get through. unix(7), connect(2)
#include "check.h"

enum { clients = 12 };
static struct sockaddr_un path = {AF_UNIX, ""};
static socklen_t path_size = sizeof path;

static void *client(void *argument) {
  char reply = 0;
  int fd = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  struct outcome o = seen(connect(fd, (struct sockaddr *)&path, path_size));
  char me = 'a' + (long)argument;
  if (o.result == 0 && write(fd, &me, 1) == 1 && read(fd, &reply, 1) == 1)
    return (void *)(long)(reply == me + 'A' - 'a');
  return NULL;
}

int main(void) {
  pthread_t thread[clients];
  int listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(bind(listener, (struct sockaddr *)&path, sizeof(sa_family_t)));
  MUST(getsockname(listener, (struct sockaddr *)&path, &path_size));
  MUST(listen(listener, 1));
  for (long i = 0; i < clients; ++i)
    thread[i] = start(client, (void *)i);
  settle();
  for (int i = 0; i < clients; ++i) {
    char byte;
    int fd = MUST(accept(listener, NULL, NULL));
    MUST(read(fd, &byte, 1));
    byte += 'A' - 'a';
    MUST(write(fd, &byte, 1));
    close(fd);
  }
  int served = 0;
  for (int i = 0; i < clients; ++i)
    served += finish(thread[i]) != NULL;
  printf("%d of %d served\n", served, clients);
  return 0;
}
