// A server in a process of its own and its clients in this one. The clients never wait for an answer before
// all of them have asked, so that a server which takes one at a time serves them, too.
#pragma once
#include "../io/check.h"

/// A server process, and where it listens.
struct served {
  pid_t pid;
  struct sockaddr_in where;
};

/// Runs `serve(listener)`, which does not return, in a child.
static inline struct served serve_by(void (*serve)(int listener)) {
  struct served server;
  int listener = listen_on_loopback(&server.where, 512);
  server.pid = MUST(fork());
  if (server.pid == 0) {
    alarm(60);  // whatever becomes of the tests
    serve(listener);
    _exit(98);
  }
  close(listener);
  return server;
}

/// Serves one connection after the other by `handle(connection)`.
static inline void serve_each(int listener, void (*handle)(int fd)) {
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    handle(fd);
    close(fd);
  }
}

/// Ends the server and prints how.
static inline void end_server(struct served server) {
  int status;
  kill(server.pid, SIGTERM);
  MUST(waitpid(server.pid, &status, 0));
  tell_status("server", status);
}

/// Connects `count` clients, in order.
static inline void connect_all(int *fds, int count, const struct sockaddr_in *where) {
  for (int i = 0; i < count; ++i)
    fds[i] = connect_to(where);
}

/// Sends all of `text`.
static inline void say(int fd, const char *text) {
  if (write_all(fd, text, strlen(text)) != strlen(text))
    printf("short write\n");
}

/// Asks a server that answers "got x" for each byte x, and prints its answer.
static inline void ask(int fd, char what) {
  char answer[5];
  MUST(write(fd, &what, 1));
  if (read_all(fd, answer, sizeof answer) == sizeof answer)
    printf("%.5s\n", answer);
}

/// Prints what comes until the other side closes.
static inline void print_rest(const char *who, int number, int fd) {
  char text[4096];
  size_t size = read_all(fd, text, sizeof text - 1);
  text[size] = 0;
  printf("%s %d: %s\n", who, number, text);
}

/// The same for `count` clients, in order.
static inline void print_all(const int *fds, int count) {
  for (int i = 0; i < count; ++i)
    print_rest("client", i, fds[i]);
}
