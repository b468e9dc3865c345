// A connection that was polled in vain many times, and then anything but the next message comes. poll(2)
#include "check.h"

static int here, there, other_here, other_there;
static sem_t begin, go;

static void put(int fd, const char *data) { MUST(write(fd, data, strlen(data))); }

static void get(int fd) {
  char data[64];
  const ssize_t n = read(fd, data, sizeof data);
  if (n > 0)
    printf("read: %.*s\n", (int)n, data);
  else
    report("read", n);
}

static void look(short events, short other_events, int ms) {
  struct pollfd wait[] = {{here, events, 77}, {other_here, other_events, 77}, {-1, POLLIN, 77}};
  const int n = poll(wait, 3, ms);
  printf("poll: %d, %#x %#x %#x\n", n, wait[0].revents, wait[1].revents, wait[2].revents);
}

static void look_at_one(short events, int ms) {
  struct pollfd wait = {here, events, 77};
  const int n = poll(&wait, 1, ms);
  printf("poll of one: %d, %#x\n", n, wait.revents);
}

// What the thread that polls does, and what its peer does when that has begun.

static void look_once(void) { look(POLLIN, POLLIN, -1); }

static void look_and_get(void) {
  look_at_one(POLLIN, -1);
  get(here);
  look_at_one(POLLIN, 20);
}

static void look_for_urgent(void) { look_at_one(POLLIN | POLLPRI, -1); }

static void look_for_more(void) {
  sem_wait(&go);
  look_at_one(POLLIN | POLLRDNORM | POLLRDHUP, -1);
}

static void look_for_room(void) { look_at_one(POLLIN | POLLOUT, -1); }

static void look_late(void) {
  sem_wait(&go);
  look(POLLIN, POLLIN, -1);
  get(here);
  get(other_here);
}

static void look_twice(void) {
  look_at_one(POLLIN, -1);
  look_at_one(POLLIN, -1);
  get(here);
}

static void *look_beside(void *unused) {
  (void)unused;
  struct pollfd wait = {here, POLLIN, 0};
  return (void *)(long)poll(&wait, 1, -1);
}

static void look_together(void) {
  const pthread_t beside = start(look_beside, NULL);
  look_at_one(POLLIN, -1);
  printf("and beside: %ld\n", (long)finish(beside));
}

static void write_over_constant(void) {
  struct pollfd *wait = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *wait = (struct pollfd){here, POLLIN, 0};
  MUST(mprotect(wait, 4096, PROT_READ));
  report("poll of what cannot be written", poll(wait, 1, -1));
}

static void put_one(void) {
  put(there, "abc");
  sem_post(&go);
}

static void put_both(void) {
  put(there, "abc");
  put(other_there, "de");
  sem_post(&go);
}

static void put_urgent(void) { MUST(send(there, "u", 1, MSG_OOB)); }

static void end(void) {
  put(there, "end");
  MUST(shutdown(there, SHUT_WR));
  sem_post(&go);
}

static void hang_up(void) { close(there); }

static void reset(void) {
  MUST(setsockopt(there, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger)));
  close(there);
}

static void shut_down(void) { MUST(shutdown(here, SHUT_RD)); }

static void nothing(void) {}

static struct {
  const char *name;
  void (*wait)(void), (*then)(void);
} const cases[] = {
    {"a message", look_and_get, put_one},
    {"a message on both", look_late, put_both},
    {"a message polled twice", look_twice, put_one},
    {"a message for two", look_together, put_one},
    {"urgent data", look_for_urgent, put_urgent},
    {"a message for who asks for more", look_for_more, put_one},
    {"the end for who asks for more", look_for_more, end},
    {"room", look_for_room, nothing},
    {"data and the end", look_once, end},
    {"a hang-up", look_once, hang_up},
    {"a reset", look_once, reset},
    {"shut down here", look_once, shut_down},
    {"no place for the answer", write_over_constant, put_one},
};

// Sixty messages, each of them polled for in vain at first.
static void exchange_many(void) {
  for (int i = 0; i < 60; ++i) {
    struct pollfd wait[] = {{here, POLLIN, 0}, {other_here, POLLIN, 0}};
    char byte;
    if (poll(wait, i % 2 + 1, -1) != 1 || wait[0].revents != POLLIN || read(here, &byte, 1) != 1)
      printf("message %d went wrong\n", i);
    MUST(write(here, "k", 1));
  }
}

static void *poller(void *argument) {
  exchange_many();
  sem_post(&begin);
  cases[(long)argument].wait();
  return NULL;
}

int main(void) {
  for (unsigned long i = 0; i < sizeof cases / sizeof *cases; ++i) {
    int ends[2], others[2];
    tcp_pair(ends);
    tcp_pair(others);
    here = ends[0], there = ends[1], other_here = others[0], other_there = others[1];
    printf("%s\n", cases[i].name);
    sem_init(&go, 0, 0);
    const pthread_t thread = start(poller, (void *)i);
    for (int message = 0; message < 60; ++message) {
      char byte;
      nap(1);
      MUST(write(there, "m", 1));
      MUST(read(there, &byte, 1));
    }
    sem_wait(&begin);
    settle();
    cases[i].then();
    finish(thread);
    close(here), close(there), close(other_here), close(other_there);
  }
  return 0;
}
