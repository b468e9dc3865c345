// The server as an expert writes it by hand: one thread, level-triggered epoll, no state but what it needs.
// A message is answered from the buffer it was read into; the kernel's send buffer takes it or the peer is
// too slow for this benchmark and is dropped.
#define _GNU_SOURCE
#include <errno.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "contender.h"

enum { most_descriptors = 1 << 17, events_at_once = 512, message_size = 256 };

// A message that sleeps, until 5 ms after it came. All sleep equally long, so a queue holds them in order.
struct sleeper {
  long long until;  // ns of CLOCK_MONOTONIC
  int fd;
  int size;
  char data[message_size];
};

static enum protocol protocol;
static int epoll;
static unsigned char matched[most_descriptors];
static struct sleeper sleepers[1 << 15];
static unsigned first_sleeper, next_sleeper;

static struct sleeper* sleeper(unsigned number) {
  return &sleepers[number % (sizeof sleepers / sizeof *sleepers)];
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void accept_all(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    if (fd >= most_descriptors) {
      close(fd);
      continue;
    }
    without_delay(fd);
    matched[fd] = 0;
    watch(fd);
  }
}

static void answer(int fd, const char* data, size_t size) {
  if (write(fd, data, size) != (ssize_t)size) shutdown(fd, SHUT_RDWR);
}

static void put_to_sleep(int fd, const char* data, size_t size) {
  struct sleeper* one = sleeper(next_sleeper++);
  one->until = now() + sleep_ms * 1000000LL;
  one->fd = fd;
  one->size = (int)size;
  memcpy(one->data, data, size);
}

static void serve(int fd) {
  char data[message_size];
  ssize_t size = read(fd, data, sizeof data);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0)
    close(fd);
  else if (protocol == protocol_echo)
    answer(fd, data, (size_t)size);
  else if (protocol == protocol_sleep)
    put_to_sleep(fd, data, (size_t)size);
  else
    for (int heads = heads_ended(&matched[fd], data, (size_t)size); heads > 0; --heads)
      answer(fd, http_answer, http_answer_size);
}

// Answers those that have slept enough. Returns the time until the next, in ms rounded up; -1: none sleeps.
static int wake_sleepers(void) {
  if (first_sleeper == next_sleeper) return -1;
  long long time = now();
  for (; first_sleeper != next_sleeper; ++first_sleeper) {
    struct sleeper* one = sleeper(first_sleeper);
    if (one->until > time) return (int)((one->until - time + 999999) / 1000000);
    answer(one->fd, one->data, (size_t)one->size);
  }
  return -1;
}

int main(int argc, char** argv) {
  struct order order = order_of(argc, argv);
  protocol = order.protocol;
  int listener = listen_on(order.port, SOCK_NONBLOCK);
  epoll = epoll_create1(0);
  watch(listener);
  for (;;) {
    struct epoll_event events[events_at_once];
    int count = epoll_wait(epoll, events, events_at_once, wake_sleepers());
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == listener)
        accept_all(listener);
      else
        serve(events[i].data.fd);
    }
  }
}
