// A library between the program and libc sees each call of every thread, once, and none that the program did
// not make. ld.so(8), dlsym(3) on RTLD_NEXT
#include "library/between.h"
#include "program.h"

#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static int listener;
static pthread_t server;
static struct sockaddr_in address;

static void tell(const char* who) {
#define TELL(name) printf(" " #name " %ld", seen(call_##name));
  printf("%s:", who);
  COUNTED(TELL)
  printf("\n");
}

static void* serve(void* unused) {
  char byte = 0;
  const int served = accept(listener, NULL, NULL);
  for (int i = 0; i < 3 && recv(served, &byte, 1, 0) == 1; ++i) send(served, &byte, 1, 0);
  while (read(served, &byte, 1) == 1) write(served, &byte, 1);
  close(served);
  tell("server");
  return unused;
}

static void* wait_for_events(void* given) {
  const int fd = (int)as_number(given), set = epoll_create1(0);
  struct epoll_event event = {EPOLLIN, {0}};
  epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
  printf("events: %d\n", epoll_wait(set, &event, 1, -1));
  close(set);
  tell("waits");
  return NULL;
}

static void* ask(void* unused) {
  struct timespec pause = {0, 30000000}, time;
  char byte = 'x';
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  require(connect(fd, (struct sockaddr*)&address, sizeof address), "connect");
  for (int i = 0; i < 3; ++i) {
    send(fd, &byte, 1, 0);
    struct pollfd entry = {fd, POLLIN, 0};
    poll(&entry, 1, -1);
    recv(fd, &byte, 1, 0);
  }
  const pthread_t waits = start(wait_for_events, as_pointer(fd));
  nanosleep(&pause, NULL);  // the runtime's own threads look at their clocks meanwhile
  write(fd, &byte, 1);
  join(waits);
  read(fd, &byte, 1);
  sched_yield();
  clock_gettime(CLOCK_MONOTONIC, &time);
  close(fd);
  join(server);
  tell("client");
  return unused;
}

int main(void) {
  socklen_t length = sizeof address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listener = socket(AF_INET, SOCK_STREAM, 0);
  require(bind(listener, (struct sockaddr*)&address, sizeof address), "bind");
  require(listen(listener, 1), "listen");
  getsockname(listener, (struct sockaddr*)&address, &length);
  server = start(serve, NULL);
  join(start(ask, NULL));
  tell("main");
  return 0;
}
