// A signal handler that waits, in a server that waits for its next connection: it goes on to its end, and so
// does the server, whatever becomes of the connections there are meanwhile. signal(7)
#include "served.h"

static int go_on[2], done[2];

// By a descriptor of its own: at one from before, all flows wait together.
static void wait_for_leave(int signal) {
  char byte = (char)signal, path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", go_on[0]);
  const int fd = MUST(open(path, O_RDONLY));
  const long got = read(fd, &byte, 1);
  MUST(write(done[1], got == 1 ? "whole" : "torn!", 5));
  close(fd);
}

// Who serves is not to be disturbed.
static void serve_one(int fd) {
  char c;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
  while (read(fd, &c, 1) == 1)
    dprintf(fd, "got %c", c);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void serve(int listener) {
  struct sigaction action = {.sa_handler = wait_for_leave, .sa_flags = SA_RESTART};
  MUST(sigaction(SIGUSR1, &action, NULL));
  serve_each(listener, serve_one);
}

int main(void) {
  char text[5];
  MUST(pipe(go_on));
  MUST(pipe(done));
  struct served server = serve_by(serve);
  for (int i = 0; i < 3; ++i) {
    int fd = connect_to(&server.where);
    ask(fd, 'a' + i);
    kill(server.pid, SIGUSR1);
    settle();
    shutdown(fd, SHUT_WR);
    settle();  // who served it comes home
    MUST(write(go_on[1], "", 1));
    read_all(done[0], text, sizeof text);
    printf("the handler was %.5s\n", text);
    print_rest("client", i, fd);
    close(fd);
  }
  end_server(server);
  return 0;
}
