// State Threads: user-level threads in C, one kernel thread; over epoll, or over poll where the library was
// built without epoll, as Debian's is.
#include <st.h>
#include <stdint.h>
#include <unistd.h>

#include "contender.h"

enum { stack_size = 16 << 10 };

static enum protocol protocol;

static int answer(st_netfd_t peer, const char* data, size_t size, unsigned char* matched) {
  if (protocol == protocol_sleep) st_usleep(sleep_ms * 1000);
  if (protocol != protocol_http) return st_write(peer, data, size, ST_UTIME_NO_TIMEOUT) == (ssize_t)size;
  for (int heads = heads_ended(matched, data, size); heads > 0; --heads)
    if (st_write(peer, http_answer, http_answer_size, ST_UTIME_NO_TIMEOUT) != http_answer_size) return 0;
  return 1;
}

static void* serve(void* argument) {
  st_netfd_t peer = argument;
  char data[256];
  unsigned char matched = 0;
  ssize_t size;
  while ((size = st_read(peer, data, sizeof data, ST_UTIME_NO_TIMEOUT)) > 0)
    if (!answer(peer, data, (size_t)size, &matched)) break;
  st_netfd_close(peer);
  return NULL;
}

// A library without epoll says nothing when asked for it, and would take select, which ends at 1024
// descriptors.
static void choose_events(void) {
  st_set_eventsys(ST_EVENTSYS_ALT);
  if (*st_get_eventsys_name() == '\0') st_set_eventsys(ST_EVENTSYS_POLL);
}

int main(int argc, char** argv) {
  struct order order = order_of(argc, argv);
  protocol = order.protocol;
  choose_events();
  if (st_init() != 0) return 1;
  st_netfd_t listener = st_netfd_open_socket(listen_on(order.port, 0));
  for (;;) {
    st_netfd_t peer = st_accept(listener, NULL, NULL, ST_UTIME_NO_TIMEOUT);
    if (peer == NULL) continue;
    without_delay(st_netfd_fileno(peer));
    if (st_thread_create(serve, peer, 0, stack_size) == NULL) st_netfd_close(peer);
  }
}
