// What all handlers share from before the first connection is not divided: stdout, a log, a connection.
#include "served.h"

enum { clients = 20 };

static int backend;

/// Answers requests of 4 bytes, slowly and in two parts.
static void run_backend(int fd) {
  char request[4];
  while (read_all(fd, request, 4) == 4) {
    write_all(fd, request, 2);
    nap(2);
    write_all(fd, request + 2, 2);
  }
  _exit(0);
}

/// Computes for `ms` milliseconds, in which an answer comes.
static void compute(int ms) {
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  do
    clock_gettime(CLOCK_MONOTONIC, &now);
  while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < ms);
}

static void serve(int listener) {
  for (;;) {
    char request[5] = "", answer[5] = "";
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    read_all(fd, request, 4);
    write_all(backend, request, 4);
    compute(1);
    read_all(backend, answer, 4);
    dprintf(fd, "%s", answer);
    close(fd);
  }
}

int main(void) {
  int ends[2];
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  pid_t backend_pid = fork();
  if (backend_pid == 0) {
    close(ends[0]);
    run_backend(ends[1]);
  }
  close(ends[1]);
  backend = ends[0];
  struct served server = serve_by(serve);
  close(ends[0]);
  int fds[clients];
  for (int i = 0; i < clients; ++i) {
    fds[i] = connect_to(&server.where);
    dprintf(fds[i], "%02d", i);
  }
  for (int i = clients - 1; i >= 0; --i)
    dprintf(fds[i], "%02d", i);
  print_all(fds, clients);
  end_server(server);
  MUST(waitpid(backend_pid, NULL, 0));
}
