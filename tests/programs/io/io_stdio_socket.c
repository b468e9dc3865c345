// stdio over sockets in threads: fdopen, fgets, getline, fscanf, fprintf, fflush; fclose closes. fdopen(3)
#include "check.h"

enum { clients = 10 };
static int listener;
static struct sockaddr_in where;

static void *serve(void *argument) {
  FILE *stream = fdopen((int)(long)argument, "r+");
  char *line = NULL;
  size_t room = 0;
  for (ssize_t n; (n = getline(&line, &room, stream)) > 0;) {
    line[n - 1] = '\0';
    fprintf(stream, "%zd:%s\n", n - 1, line);
    fflush(stream);
  }
  free(line);
  return (void *)(long)(feof(stream) ? fclose(stream) : -2);
}

static void *client(void *argument) {
  int fd = connect_to(&where);
  FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
  char reply[64];
  long sum = (long)argument;
  for (int i = 0; i < 20; ++i) {
    int size;
    fprintf(out, "%*s line %d\n", i, "a", i);
    fflush(out);
    if (fgets(reply, sizeof reply, in) == NULL || sscanf(reply, "%d:", &size) != 1)
      return NULL;
    sum = sum * 7 + size;
  }
  shutdown(fd, SHUT_WR);
  sum += fgetc(in) == EOF && feof(in);
  fclose(in);
  sum += fcntl(fd, F_GETFD) == -1;
  fclose(out);
  return (void *)(sum % 1000003);
}

int main(void) {
  pthread_t server[clients], thread[clients];
  listener = listen_on_loopback(&where, clients);
  for (long i = 0; i < clients; ++i)
    thread[i] = start(client, (void *)i);
  for (int i = 0; i < clients; ++i)
    server[i] = start(serve, (void *)(long)MUST(accept(listener, NULL, NULL)));
  for (int i = 0; i < clients; ++i) {
    report("server", (long)finish(server[i]));
    report("client", (long)finish(thread[i]));
  }
  return 0;
}
