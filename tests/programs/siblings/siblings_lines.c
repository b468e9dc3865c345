// A line protocol with stdio on the socket: two streams for each connection.
#include "served.h"

enum { clients = 40 };

static void converse(int fd) {
  FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
  char line[256], name[64] = "nobody";
  int lines = 0;
  setvbuf(out, NULL, _IOLBF, BUFSIZ);
  while (fgets(line, sizeof line, in)) {
    ++lines;
    if (sscanf(line, "name %63s", name) == 1)
      fprintf(out, "hello %s\n", name);
    else if (!strcmp(line, "bye\n"))
      break;
    else
      fprintf(out, "%s said %s", name, line);
  }
  fprintf(out, "%d lines\n", lines);
  fclose(out);
  fclose(in);
}

static void serve(int listener) {
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd >= 0)
      converse(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  for (int i = 0; i < clients; ++i) {
    fds[i] = connect_to(&server.where);
    dprintf(fds[i], "name client%d\nfirst li", i);
  }
  for (int i = clients - 1; i >= 0; --i)
    dprintf(fds[i], "ne of %d\n", i);
  for (int i = clients - 1; i >= 0; --i)
    dprintf(fds[i], "second line of %d\nb", i);
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], "ye\n");
  for (int i = 0; i < clients; ++i) {
    print_rest("client", i, fds[i]);
    close(fds[i]);
  }
  end_server(server);
}
