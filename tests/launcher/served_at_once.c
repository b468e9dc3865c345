// An iterative server that counts how many clients it serves at once: usage: served_at_once COUNT [thread]
// Its clients, in a process of their own, hold the first COUNT connections until all of these are greeted.
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { clients = 12, patience = 60 };

static struct sockaddr_in where = {.sin_family = AF_INET};

static void expect(int good, const char *what) {
  if (good) return;
  perror(what);
  exit(1);
}

static int listen_somewhere(void) {
  socklen_t size = sizeof where;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  expect(bind(listener, (struct sockaddr *)&where, size) == 0, "bind");
  expect(listen(listener, clients) == 0, "listen");
  expect(getsockname(listener, (struct sockaddr *)&where, &size) == 0, "getsockname");
  return listener;
}

// Greets each client, and once it has said something tells it the most there were. One that says `q` ends it.
static void serve(int listener) {
  static int serving, most;
  for (;;) {
    char c;
    int fd = accept(listener, NULL, NULL);
    if (++serving > most) most = serving;
    if (write(fd, "!", 1) == 1 && read(fd, &c, 1) == 1) {
      if (c == 'q') exit(0);
      c = (char)most;
      expect(write(fd, &c, 1) == 1, "write");
    }
    --serving;
    close(fd);
  }
}

// Which of `waiting` has been greeted, by its place. It waits no more.
static int next_greeted(struct pollfd *waiting) {
  char c;
  int place = 0;
  expect(poll(waiting, clients, patience * 1000) > 0, "no client is greeted: poll");
  while (!waiting[place].revents) ++place;
  expect(read(waiting[place].fd, &c, 1) == 1, "greeting");
  waiting[place].fd = -1;
  return place;
}

static int connected(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  expect(connect(fd, (struct sockaddr *)&where, sizeof where) == 0, "connect");
  return fd;
}

static int finish(int fd) {
  char most = 0;
  expect(write(fd, "x", 1) == 1 && read(fd, &most, 1) == 1, "answer");
  close(fd);
  return most;
}

static void ask(int at_once) {
  int fds[clients], held[clients], most = 0;
  struct pollfd waiting[clients];
  for (int i = 0; i < clients; ++i) {
    fds[i] = connected();
    waiting[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
  }
  for (int i = 0; i < clients; ++i) {
    held[i] = fds[next_greeted(waiting)];
    if (i >= at_once - 1) most = finish(held[i - (at_once - 1)]);
  }
  for (int i = clients - (at_once - 1); i < clients; ++i) most = finish(held[i]);
  printf("all served, %d at once\n", most);
}

static void *nothing(void *argument) { return argument; }

int main(int argc, char **argv) {
  int at_once = argc > 1 ? atoi(argv[1]) : 0;
  expect(at_once > 0 && at_once <= clients, "usage");
  int listener = listen_somewhere();
  pid_t asking = fork();
  expect(asking >= 0, "fork");
  if (asking > 0) {  // the program itself is the server: it is the one to be told
    pthread_t thread;
    if (argc > 2) expect(pthread_create(&thread, NULL, nothing, NULL) == 0, "pthread_create");
    serve(listener);
  }
  close(listener);
  alarm(patience);
  ask(at_once);
  fflush(stdout);
  return write(connected(), "q", 1) != 1;
}
