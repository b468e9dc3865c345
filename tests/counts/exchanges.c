// Messages over TCP between main and 64 threads, each of which sends back what comes: exchanges ROUNDS. Or,
// with another argument, a connection and a thread for each message. What a round takes can be counted, since
// little in it depends on when it happens.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { connections = 64, message_size = 64 };

static void* echo(void* argument) {
  int fd = (int)(intptr_t)argument;
  char message[message_size];
  ssize_t size;
  while ((size = read(fd, message, sizeof message)) > 0)
    if (write(fd, message, (size_t)size) != size) break;
  close(fd);
  return NULL;
}

static void expect(int condition, const char* what) {
  if (condition) return;
  perror(what);
  exit(2);
}

/// A listener at a port of the kernel's choice, which `address` tells.
static int listen_anywhere(struct sockaddr_in* address) {
  socklen_t size = sizeof *address;
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  expect(bind(listener, (struct sockaddr*)address, size) == 0, "bind");
  expect(listen(listener, connections) == 0, "listen");
  getsockname(listener, (struct sockaddr*)address, &size);
  return listener;
}

/// Connects, and makes a thread for the other end. Returns ours.
static int open_one(int listener, const struct sockaddr_in* address, pthread_t* thread) {
  int ours = socket(AF_INET, SOCK_STREAM, 0);
  expect(connect(ours, (const struct sockaddr*)address, sizeof *address) == 0, "connect");
  int theirs = accept(listener, NULL, NULL);
  expect(theirs >= 0, "accept");
  expect(pthread_create(thread, NULL, echo, (void*)(intptr_t)theirs) == 0, "pthread_create");
  return ours;
}

/// A message there and back. Whether it came.
static int exchange(int ours) {
  char message[message_size] = {0};
  expect(write(ours, message, sizeof message) == sizeof message, "write");
  return read(ours, message, sizeof message) == sizeof message;
}

static int reconnect(long rounds) {
  struct sockaddr_in address;
  int listener = listen_anywhere(&address);
  long answers = 0;
  for (long round = 0; round < rounds; ++round) {
    pthread_t thread;
    int ours = open_one(listener, &address, &thread);
    answers += exchange(ours);
    close(ours);
    pthread_join(thread, NULL);
  }
  printf("%ld answers\n", answers);
  return answers == rounds ? 0 : 1;
}

int main(int argc, char** argv) {
  long rounds = argc > 1 ? atol(argv[1]) : 1, answers = 0;
  if (argc > 2) return reconnect(rounds);
  int ours[connections];
  pthread_t threads[connections];
  struct sockaddr_in address;
  int listener = listen_anywhere(&address);
  for (int i = 0; i < connections; ++i) ours[i] = open_one(listener, &address, &threads[i]);
  for (long round = 0; round < rounds; ++round) {
    char message[message_size] = {0};
    for (int i = 0; i < connections; ++i)
      expect(write(ours[i], message, sizeof message) == sizeof message, "write");
    for (int i = 0; i < connections; ++i) answers += read(ours[i], message, sizeof message) == sizeof message;
  }
  for (int i = 0; i < connections; ++i) {
    close(ours[i]);
    pthread_join(threads[i], NULL);
  }
  printf("%ld answers\n", answers);
  return answers == rounds * connections ? 0 : 1;
}
