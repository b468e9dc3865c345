// exit in a handler ends the server with its status; what atexit registered runs once.
#include "served.h"

static int ended;

static void at_end(void) { dprintf(ended, "at the end"); }

static void serve(int listener) {
  atexit(at_end);
  for (;;) {
    char c = 0;
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    if (read(fd, &c, 1) == 1 && c == 'x')
      exit(23);
    dprintf(fd, "%c", c);
    close(fd);
  }
}

int main(void) {
  int ends[2], status;
  MUST(pipe(ends));
  ended = ends[1];
  struct served server = serve_by(serve);
  close(ends[1]);
  int one = connect_to(&server.where), two = connect_to(&server.where), three = connect_to(&server.where);
  say(two, "b");
  say(one, "a");
  print_rest("one", 1, one);
  print_rest("two", 2, two);
  say(three, "x");
  MUST(waitpid(server.pid, &status, 0));
  tell_status("server", status);
  print_rest("pipe", 0, ends[0]);
}
