// A handler that runs out of stack ends the server as it does natively.
#include "served.h"

static int descend(volatile char *above, int depth) {
  volatile char local[4096];
  local[0] = above[0] + 1;
  return depth == 0 ? local[0] : descend(local, depth - 1) + local[4095];
}

static void serve(int listener) {
  for (;;) {
    char c = 0;
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    if (read(fd, &c, 1) == 1)
      dprintf(fd, "%d", descend(&c, c == 'x' ? 1 << 20 : 10) != 0);
    close(fd);
  }
}

int main(void) {
  int status;
  struct served server = serve_by(serve);
  int one = connect_to(&server.where), two = connect_to(&server.where);
  say(one, "a");
  print_rest("one", 1, one);
  say(two, "x");
  MUST(waitpid(server.pid, &status, 0));
  tell_status("server", status);
}
