// A connection that one thread has read empty many times, and then anything but the next message comes: the end
// with the data, urgent data, another reader, a reset. tcp(7), epoll(7) "Edge-triggered and level-triggered"
#include "check.h"

static int here, there;  // the two ends
static sem_t begin, go;

static void got(const char *what, ssize_t n, const char *data) {
  if (n > 0)
    printf("%s: %.*s\n", what, (int)n, data);
  else
    report(what, n);
}

static void get(const char *what, size_t most) {
  char data[64];
  const ssize_t n = read(here, data, most);
  got(what, n, data);
}

static void put(const char *data) { MUST(write(there, data, strlen(data))); }

static void exchange_many(void) {
  char data[64];
  for (int i = 0; i < 12; ++i)
    if (read(here, data, sizeof data) == 3)
      MUST(write(here, "k", 1));
}

// What the thread that reads does, and what its peer does when that has begun.

static void read_twice(void) {
  get("read", 64);
  get("read", 64);
}

static void read_once(void) { get("read", 64); }

static void end_with_data(void) {
  put("end");
  MUST(shutdown(there, SHUT_WR));
}

static void send_urgent(void) {
  put("ab");
  MUST(send(there, "c", 1, MSG_OOB));
  put("de");
}

static void reset_after_data(void) {
  put("end");
  MUST(setsockopt(there, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger)));
  close(there);
}

static void read_thrice(void) {
  read_twice();
  get("read", 64);
}

static void shut_down(void) {
  settle();
  MUST(shutdown(here, SHUT_RD));
}

static void poll_and_read(void) {
  struct pollfd wait = {here, POLLIN, 0};
  report("poll", poll(&wait, 1, -1));
  report("poll", poll(&wait, 1, -1));
  get("read", 2);
  get("read", 64);
  get("read", 64);
}

static void put_and_put(void) {
  put("abc");
  settle();
  put("de");
}

static void peek_and_read(void) {
  char data[64];
  const ssize_t n = recv(here, data, sizeof data, MSG_PEEK);
  got("peek", n, data);
  read_twice();
}

static void read_by_fours(void) {
  for (int i = 0; i < 4; ++i)
    get("read", 4);
}

static void put_ten_and_one(void) {
  put("0123456789");
  settle();
  put("!");
}

static void read_by_another_number(void) {
  char byte;
  const int other = MUST(dup(here));
  report("by the other", read(other, &byte, 1));
  read_twice();
  close(other);
}

static void read_late(void) {
  sem_wait(&go);
  for (int left = 9; left > 0;) {
    char data[2];
    left -= MUST(read(here, data, sizeof data));
  }
  get("read", 64);
}

static void put_before_it_reads(void) {
  for (int i = 0; i < 3; ++i) {
    put("abc");
    settle();
  }
  sem_post(&go);
  settle();
  put("de");
}

static void read_in_time(void) {
  const struct timeval soon = {0, 50000}, never = {0, 0};
  MUST(setsockopt(here, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon));
  get("read", 64);
  MUST(setsockopt(here, SOL_SOCKET, SO_RCVTIMEO, &never, sizeof never));
  sem_post(&go);
  read_twice();
}

static void put_when_late(void) {
  sem_wait(&go);
  put_and_put();
}

static void read_with_a_layer(void) {
  setsockopt(here, IPPROTO_TCP, TCP_ULP, "tls", 3);  // where the kernel has it
  read_twice();
}

static void *read_one_twice(void *unused) {
  char byte;
  for (int i = 0; i < 2; ++i)
    MUST(read(here, &byte, 1));
  return unused;
}

static void read_beside_another(void) {
  const pthread_t other = start(read_one_twice, NULL);
  read_one_twice(NULL);
  finish(other);
  puts("all four");
}

static void put_four(void) {
  settle();
  put("wx");
  put("yz");
}

static void read_interrupted(void) {
  char data[64];
  ssize_t n;
  while ((n = read(here, data, sizeof data)) < 0 && errno == EINTR)
    continue;
  got("read", n, data);
}

static pthread_t reader;

static void on_signal(int signal) { (void)signal; }

static void put_and_interrupt(void) {
  MUST(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_signal}, NULL));
  settle();
  pthread_kill(reader, SIGUSR1);
  put("abc");
}

static void read_until_cancelled(void) { get("never", 64); }

static void cancel_and_read(void) {
  settle();
  pthread_cancel(reader);
  pthread_join(reader, NULL);
  put("abc");
  get("read by another", 64);
}

static const struct {
  const char *name;
  void (*read)(void);
  void (*write)(void);
} cases[] = {
    {"the end with the data", read_twice, end_with_data},
    {"urgent data", read_twice, send_urgent},
    {"a reset", read_thrice, reset_after_data},
    {"a shutdown", read_once, shut_down},
    {"poll", poll_and_read, put_and_put},
    {"a peek", peek_and_read, put_and_put},
    {"little room", read_by_fours, put_ten_and_one},
    {"another number", read_by_another_number, put_and_put},
    {"data before it is waited for", read_late, put_before_it_reads},
    {"a timeout", read_in_time, put_when_late},
    {"a layer", read_with_a_layer, put_and_put},
    {"another reader", read_beside_another, put_four},
    {"a signal", read_interrupted, put_and_interrupt},
    {"a cancellation", read_until_cancelled, cancel_and_read},
};

static void *serve(void *which) {
  exchange_many();
  sem_post(&begin);
  cases[(long)which].read();
  return NULL;
}

static void run(long which) {
  int ends[2];
  char byte;
  printf("%s\n", cases[which].name);
  tcp_pair(ends);
  here = ends[0];
  there = ends[1];
  reader = start(serve, (void *)which);
  for (int i = 0; i < 12; ++i) {
    put("abc");
    MUST(read(there, &byte, 1));
  }
  sem_wait(&begin);
  cases[which].write();
  if (cases[which].write != cancel_and_read)
    finish(reader);
  close(here);
  close(there);
}

int main(void) {
  sem_init(&begin, 0, 0);
  sem_init(&go, 0, 0);
  for (long i = 0; i < (long)(sizeof cases / sizeof *cases); ++i)
    run(i);
  return 0;
}
