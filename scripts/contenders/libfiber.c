// libfiber (iqiyi's, or acl's lib_fiber): user-level threads in C, over epoll, one kernel thread. Not in
// Debian, so not in the build; with the library built in DIR:
//     cc -O2 -I DIR/include scripts/contenders/libfiber.c DIR/libfiber.a -ldl -lpthread -o libfiber_server
//     ./scripts/bench --peer 'libfiber=./libfiber_server {port} {protocol}'
#define _GNU_SOURCE
#include <stdint.h>
#include <unistd.h>

#include "contender.h"

#include <fiber/libfiber.h>

enum { stack_size = 16 << 10, listener_stack_size = 64 << 10 };

static enum protocol protocol;

static int answer(int fd, const char* data, size_t size, unsigned char* matched) {
  if (protocol == protocol_sleep) acl_fiber_delay(sleep_ms);
  if (protocol != protocol_http) return acl_fiber_write(fd, data, size) == (ssize_t)size;
  for (int heads = heads_ended(matched, data, size); heads > 0; --heads)
    if (acl_fiber_write(fd, http_answer, http_answer_size) != http_answer_size) return 0;
  return 1;
}

static void serve(ACL_FIBER* self, void* argument) {
  (void)self;
  int fd = (int)(intptr_t)argument;
  char data[256];
  unsigned char matched = 0;
  ssize_t size;
  while ((size = acl_fiber_read(fd, data, sizeof data)) > 0)
    if (!answer(fd, data, (size_t)size, &matched)) break;
  acl_fiber_close(fd);
}

static void accept_all(ACL_FIBER* self, void* argument) {
  (void)self;
  for (;;) {
    int fd = acl_fiber_accept((int)(intptr_t)argument, NULL, NULL);
    if (fd < 0) continue;
    without_delay(fd);
    acl_fiber_create(serve, (void*)(intptr_t)fd, stack_size);
  }
}

int main(int argc, char** argv) {
  struct order order = order_of(argc, argv);
  protocol = order.protocol;
  acl_fiber_create(accept_all, (void*)(intptr_t)listen_on(order.port, 0), listener_stack_size);
  acl_fiber_schedule_with(FIBER_EVENT_KERNEL);
}
