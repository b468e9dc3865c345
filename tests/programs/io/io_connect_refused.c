// connect() in threads: ECONNREFUSED on a closed port, ENOENT or ECONNREFUSED on Unix paths. connect(2)
#include "check.h"

static struct sockaddr_in closed_port, open_port;
static struct sockaddr_un no_file, no_listener;

static struct outcome try_in(const struct sockaddr_in *where) {
  int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
  struct outcome o = seen(connect(fd, (const struct sockaddr *)where, sizeof *where));
  close(fd);
  return o;
}

static struct outcome try_un(const struct sockaddr_un *where) {
  int fd = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  struct outcome o = seen(connect(fd, (const struct sockaddr *)where, sizeof *where));
  close(fd);
  return o;
}

static void *attempts(void *argument) {
  struct outcome *o = argument;
  o[0] = try_in(&closed_port);
  o[1] = try_in(&open_port);
  o[2] = try_un(&no_file);
  o[3] = try_un(&no_listener);
  return NULL;
}

int main(void) {
  static struct outcome outcomes[4][4];
  pthread_t thread[4];
  char directory[] = "programXXXXXX";
  close(listen_on_loopback(&closed_port, 1));
  listen_on_loopback(&open_port, 16);
  MUST(-(mkdtemp(directory) == NULL));
  no_file.sun_family = no_listener.sun_family = AF_UNIX;
  snprintf(no_file.sun_path, sizeof no_file.sun_path, "%s/none", directory);
  snprintf(no_listener.sun_path, sizeof no_listener.sun_path, "%s/bound", directory);
  int bound = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
  MUST(bind(bound, (struct sockaddr *)&no_listener, sizeof no_listener));
  for (int i = 0; i < 4; ++i)
    thread[i] = start(attempts, outcomes[i]);
  const char *names[] = {"closed port", "open port", "no such path", "nobody listens"};
  for (int i = 0; i < 4; ++i) {
    finish(thread[i]);
    for (int j = 0; j < 4; ++j)
      tell(names[j], outcomes[i][j]);
  }
  unlink(no_listener.sun_path);
  rmdir(directory);
  return 0;
}
