// The blocking server, a thread per connection: run by the kernel ("threads") and unmodified by unblock.
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "contender.h"

static enum protocol protocol;

static int write_all(int fd, const char* data, size_t size) {
  while (size > 0) {
    ssize_t written = write(fd, data, size);
    if (written <= 0) return -1;
    data += written;
    size -= (size_t)written;
  }
  return 0;
}

static void compute(void) {
  for (volatile int i = 0; i < compute_steps; ++i) {}
}

static int answer(int fd, const char* data, size_t size, unsigned char* matched) {
  if (protocol == protocol_sleep) usleep(sleep_ms * 1000);
  if (protocol == protocol_echo || protocol == protocol_sleep) return write_all(fd, data, size);
  for (int heads = heads_ended(matched, data, size); heads > 0; --heads) {
    if (protocol == protocol_compute) compute();
    if (write_all(fd, http_answer, http_answer_size) != 0) return -1;
  }
  return 0;
}

// A buffer of a message's size: what a connection needs of its stack is what is measured.
static void* serve(void* argument) {
  int fd = (int)(intptr_t)argument;
  char data[256];
  unsigned char matched = 0;
  ssize_t size;
  while ((size = read(fd, data, sizeof data)) > 0)
    if (answer(fd, data, (size_t)size, &matched) != 0) break;
  close(fd);
  return NULL;
}

int main(int argc, char** argv) {
  struct order order = order_of(argc, argv);
  protocol = order.protocol;
  int listener = listen_on(order.port, 0);
  pthread_attr_t detached;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    without_delay(fd);
    pthread_t thread;
    if (pthread_create(&thread, &detached, serve, (void*)(intptr_t)fd) != 0) close(fd);
  }
}
