// A plain echo server with a thread per connection, as a textbook writes one: the program to be unblocked.
// It knows nothing of fibers, event loops or unblock. Usage: echo_server PORT (on 127.0.0.1)
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { message_size = 64, backlog = 4096 };

static int write_all(int fd, const char* data, ssize_t size) {
  while (size > 0) {
    ssize_t written = write(fd, data, size);
    if (written <= 0) return -1;
    data += written;
    size -= written;
  }
  return 0;
}

static void* serve(void* argument) {
  int fd = (int)(intptr_t)argument;
  char message[message_size];
  ssize_t size;
  while ((size = read(fd, message, sizeof message)) > 0)
    if (write_all(fd, message, size) != 0) break;
  close(fd);
  return NULL;
}

static int listen_on(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int on = 1;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(fd, (struct sockaddr*)&address, sizeof address) != 0 || listen(fd, backlog) != 0) {
    perror("echo_server");
    exit(1);
  }
  return fd;
}

static void accept_one(int listener, const pthread_attr_t* detached) {
  int fd = accept(listener, NULL, NULL);
  if (fd < 0) {
    perror("accept");
    return;
  }
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  pthread_t thread;
  int error = pthread_create(&thread, detached, serve, (void*)(intptr_t)fd);
  if (error != 0) {
    fprintf(stderr, "pthread_create: %s\n", strerror(error));
    close(fd);
  }
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: echo_server PORT\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  int listener = listen_on(atoi(argv[1]));
  pthread_attr_t detached;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  for (;;) accept_one(listener, &detached);
}
