// Handlers that make children: by fork, with a wait for this one; by popen; by system.
#include "served.h"

enum { clients = 15 };

static void handle(int fd) {
  char what, text[64] = "";
  int status;
  if (read(fd, &what, 1) != 1)
    return;
  if (what == 'f') {
    int ends[2];
    MUST(pipe(ends));
    pid_t child = fork();
    if (child == 0) {
      char c;
      int n = read(fd, &c, 1);
      dprintf(ends[1], "child read %d", n == 1 ? c : n);
      _exit(7);
    }
    close(ends[1]);
    size_t size = read_all(ends[0], text, sizeof text - 1);
    close(ends[0]);
    pid_t waited = waitpid(child, &status, 0);
    dprintf(fd, "%.*s, %s, exited %d", (int)size, text, waited == child ? "waited for" : "lost",
            WEXITSTATUS(status));
  } else if (what == 'p') {
    FILE *in = popen("sleep 0.1; echo from a pipe", "r");
    char *line = fgets(text, sizeof text, in);
    status = pclose(in);
    dprintf(fd, "%s%d", line ? line : "nothing ", status);
  } else {
    status = system("sleep 0.1; exit 5");
    dprintf(fd, "system: %d", WEXITSTATUS(status));
  }
}

static void serve(int listener) { serve_each(listener, handle); }

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  for (int i = 0; i < clients; ++i) {
    fds[i] = connect_to(&server.where);
    say(fds[i], i % 3 == 0 ? "f" : i % 3 == 1 ? "p" : "s");
  }
  nap(50);
  for (int i = clients - 1; i >= 0; --i)
    if (i % 3 == 0)
      dprintf(fds[i], "%c", 'A' + i);
  print_all(fds, clients);
  end_server(server);
}
