// An event loop beside a thread that sleeps, reading and writing sockets that never wait, or do of a sudden:
// results, errors, the signal of a broken connection, what becomes of the number, and where a cancelled thread
// ends. read(2), write(2), pthreads(7)
#include "check.h"

#include <sys/epoll.h>

enum { rounds = 200 };

static volatile sig_atomic_t broken;
static sem_t ready, cancelled;

static void on_broken(int signal) { broken += signal == SIGPIPE; }

struct loop {
  int epoll, served, client;
};

static void next_event(const struct loop *loop) {
  struct epoll_event event;
  MUST(epoll_wait(loop->epoll, &event, 1, -1));
}

// Back from many waits that ended at once: by then it has its kernel thread to itself.
static struct loop alone(void) {
  struct sockaddr_in where;
  const int listener = listen_on_loopback(&where, 1);
  struct epoll_event readable = {.events = EPOLLIN};
  struct loop loop = {MUST(epoll_create1(0)), -1, connect_to(&where)};
  char text[16] = "";
  long sum = 0;
  loop.served = MUST(accept4(listener, NULL, NULL, SOCK_NONBLOCK));
  close(listener);
  MUST(epoll_ctl(loop.epoll, EPOLL_CTL_ADD, loop.served, &readable));
  for (int i = 0; i < rounds; ++i) {
    MUST(write(loop.client, "again", 5));
    next_event(&loop);
    sum += MUST(read(loop.served, text, sizeof text)) + MUST(write(loop.served, text, 5)) +
           MUST(read(loop.client, text, 5));
  }
  printf("%ld bytes\n", sum);
  return loop;
}

static void errors(const struct loop *loop) {
  char text[16] = "";
  void *volatile nowhere = (void *)16;
  report("nothing there", read(loop->served, text, sizeof text));
  report("none wanted", read(loop->served, text, 0));
  report("none written", write(loop->served, text, 0));
  MUST(write(loop->client, "unblocked", 9));
  next_event(loop);
  report("to nowhere", read(loop->served, nowhere, 9));
  report("from nowhere", write(loop->served, nowhere, 9));
  report("read", read(loop->served, text, sizeof text));
  printf("%s\n", text);
  report("of nobody", read(-1, text, 1));
  report("to nobody", write(-1, text, 1));
}

// Until it waits like any other, and no more.
static void made_to_wait(const struct loop *loop) {
  char text[16] = "";
  const struct timeval soon = {0, 30000};
  const int flags = MUST(fcntl(loop->served, F_GETFL));
  MUST(setsockopt(loop->served, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
  MUST(fcntl(loop->served, F_SETFL, flags & ~O_NONBLOCK));
  const long begin = now_ms();
  report("waits", read(loop->served, text, sizeof text));
  took_about("it waited", begin, 30);
  MUST(fcntl(loop->served, F_SETFL, flags));
  report("never waits again", read(loop->served, text, sizeof text));
}

static void breaks(const struct loop *loop) {
  char text[16] = "";
  signal(SIGPIPE, on_broken);
  const struct linger at_once = {1, 0};
  MUST(setsockopt(loop->client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
  close(loop->client);
  next_event(loop);
  report("a broken one", read(loop->served, text, sizeof text));
  report("its end", read(loop->served, text, sizeof text));
  report("to a broken one", write(loop->served, text, sizeof text));
  printf("%d signals\n", (int)broken);
  signal(SIGPIPE, SIG_IGN);
  report("again, ignored", write(loop->served, text, sizeof text));
  printf("%d signals\n", (int)broken);
  close(loop->served);
  report("a closed one", read(loop->served, text, sizeof text));
}

static void *goes_wrong(void *argument) {
  const struct loop loop = alone();
  errors(&loop);
  made_to_wait(&loop);
  breaks(&loop);
  close(loop.epoll);
  return argument;
}

static void *ends_in_read(void *argument) {
  const struct loop loop = alone();
  char text[16];
  int before;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  sem_post(&ready);
  sem_wait(&cancelled);
  report("cancelled, but disabled", read(loop.served, text, sizeof text));
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
  report("never printed", read(loop.served, text, sizeof text));
  return argument;
}

int main(void) {
  MUST(sem_init(&ready, 0, 0));
  MUST(sem_init(&cancelled, 0, 0));
  finish(start(goes_wrong, NULL));
  pthread_t thread = start(ends_in_read, NULL);
  sem_wait(&ready);
  pthread_cancel(thread);
  sem_post(&cancelled);
  printf("%s\n", finish(thread) == PTHREAD_CANCELED ? "cancelled" : "returned");
  return 0;
}
