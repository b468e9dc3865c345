// A parent that forks workers before the loop; each of them accepts from the same listener.
#include "served.h"

enum { clients = 60, workers = 3 };

static void work(int listener) {
  for (;;) {
    char data[100];
    size_t have = 0;
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    while (have < sizeof data) {
      ssize_t n = read(fd, data + have, sizeof data - have);
      if (n <= 0)
        break;
      have += n;
    }
    write_all(fd, data, have);
    close(fd);
  }
}

static pid_t pids[workers];

static void stop(int number) {
  (void)number;
  for (int i = 0; i < workers; ++i)
    kill(pids[i], SIGTERM);
  for (int i = 0; i < workers; ++i)
    waitpid(pids[i], NULL, 0);
  _exit(0);
}

static void serve(int listener) {
  sigset_t end, none;
  sigemptyset(&none);
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  sigprocmask(SIG_BLOCK, &end, NULL);  // until all are there, who may serve before that
  for (int i = 0; i < workers; ++i)
    if ((pids[i] = fork()) == 0) {
      sigprocmask(SIG_SETMASK, &none, NULL);
      work(listener);
    }
  signal(SIGTERM, stop);
  for (;;)
    sigsuspend(&none);
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients], right = 0;
  char sent[100], got[101];
  connect_all(fds, clients, &server.where);
  for (int part = 0; part < 4; ++part)
    for (int i = clients - 1; i >= 0; --i) {
      fill(sent, sizeof sent, i);
      write_all(fds[i], sent + part * 25, 25);
    }
  for (int i = 0; i < clients; ++i) {
    fill(sent, sizeof sent, i);
    right += read_all(fds[i], got, sizeof got) == sizeof sent && !memcmp(got, sent, sizeof sent);
  }
  printf("right: %d of %d\n", right, clients);
  end_server(server);
}
