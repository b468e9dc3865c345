// A server as Redis is with io-threads: an event loop that shares each batch of requests with a helper, both
// of which spin until the other is done, and the helper sleeps at a mutex while there is little to do. Its
// clients, in a process of their own, pause now and then: helped_loop BURSTS.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  clients = 16,
  requests = 100,
  few = 2,
  worth_sharing = 4,
  spins = 1000000,
  pause_ms = 150,
  idle_ms = 20
};

static int ends[clients];
static int batch[clients];
static atomic_int pending;  // of the batch's second half, which is the helper's
static int batched;
static pthread_mutex_t rest = PTHREAD_MUTEX_INITIALIZER;
static int resting = 1;

static void expect(int condition, const char* what) {
  if (condition) return;
  perror(what);
  exit(2);
}

// A client that has ended is readable, too.
static void serve(int from, int to) {
  char request;
  for (int i = from; i < to; ++i)
    if (read(batch[i], &request, 1) == 1) expect(write(batch[i], &request, 1) == 1, "write");
}

static void* help(void* unused) {
  for (;;) {
    for (int i = 0; i < spins && !pending; ++i) {}
    if (pending) {
      serve(batched / 2, batched);
      pending = 0;
    } else {
      pthread_mutex_lock(&rest);
      pthread_mutex_unlock(&rest);
    }
  }
  return unused;
}

static void let_helper_rest(int rests) {
  if (resting == rests) return;
  resting = rests;
  if (rests)
    pthread_mutex_lock(&rest);
  else
    pthread_mutex_unlock(&rest);
}

static void serve_batch(void) {
  let_helper_rest(batched < worth_sharing);
  if (resting) {
    serve(0, batched);
    return;
  }
  pending = 1;
  serve(0, batched / 2);
  while (pending) {}
}

// All clients ask, or now and then a few, and wait for their answers; after so many times nobody does for a
// while.
static void ask(int bursts) {
  const struct timespec pause = {.tv_nsec = pause_ms * 1000000L};
  char answer = 0;
  for (; bursts > 0; --bursts) {
    for (int i = 0; i < requests; ++i) {
      const int asking = i % 8 == 7 ? few : clients;
      for (int c = 0; c < asking; ++c) expect(write(ends[c], "?", 1) == 1, "write");
      for (int c = 0; c < asking; ++c) expect(read(ends[c], &answer, 1) == 1, "read");
    }
    nanosleep(&pause, NULL);
  }
}

int main(int count, char** words) {
  pthread_t helper;
  int pairs[clients][2], epoll = epoll_create1(0);
  struct epoll_event events[clients];
  expect(count == 2, "usage: helped_loop BURSTS");
  for (int c = 0; c < clients; ++c) {
    expect(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[c]) == 0, "socketpair");
    events[c] = (struct epoll_event){.events = EPOLLIN, .data.fd = pairs[c][0]};
    expect(epoll_ctl(epoll, EPOLL_CTL_ADD, pairs[c][0], &events[c]) == 0, "epoll_ctl");
  }
  const pid_t asking = fork();
  for (int c = 0; c < clients; ++c) ends[c] = pairs[c][1];
  if (asking == 0) {
    ask(atoi(words[1]));
    _exit(0);
  }
  for (int c = 0; c < clients; ++c) close(ends[c]);
  pthread_mutex_lock(&rest);
  expect(asking > 0 && pthread_create(&helper, NULL, help, NULL) == 0, "fork and pthread_create");
  while (waitpid(asking, NULL, WNOHANG) == 0) {
    batched = epoll_wait(epoll, events, clients, idle_ms);
    for (int i = 0; i < batched; ++i) batch[i] = events[i].data.fd;
    serve_batch();
  }
  return 0;
}
