// What the benchmark's servers in C and C++ have in common: the command line, the listener, the protocols.
// Usage of each: NAME PORT echo|http|sleep|compute, on 127.0.0.1. echo: bytes come back as they went. http:
// each request's head is answered with 128 bytes. sleep: as echo, after 5 ms. compute: as http, after some
// 200 us of computing, by kernel threads and unblocked only.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { backlog = 4096, buffer_size = 4096, sleep_ms = 5, compute_steps = 400000, http_answer_size = 128 };

enum protocol { protocol_echo, protocol_http, protocol_sleep, protocol_compute };

// 65 bytes of head and 63 of body.
static const char http_answer[http_answer_size + 1] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 63\r\n\r\n"
    "A page of sixty-three bytes, which every server here answers.\r\n";

// The number of heads ("\r\n\r\n") that end in `data`; `*matched` keeps how much of one its end may be.
static inline int heads_ended(unsigned char* matched, const char* data, size_t size) {
  int ended = 0;
  for (size_t i = 0; i < size; ++i) {
    if (data[i] == "\r\n\r\n"[*matched])
      ++*matched;
    else
      *matched = data[i] == '\r';
    if (*matched == 4) ++ended, *matched = 0;
  }
  return ended;
}

static inline enum protocol protocol_named(const char* name) {
  if (strcmp(name, "http") == 0) return protocol_http;
  if (strcmp(name, "sleep") == 0) return protocol_sleep;
  if (strcmp(name, "compute") == 0) return protocol_compute;
  if (strcmp(name, "echo") == 0) return protocol_echo;
  fprintf(stderr, "no such protocol: %s\n", name);
  exit(2);
}

static inline void without_delay(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// A listening socket of the type SOCK_STREAM | flags; ends the program when it cannot be had.
static inline int listen_on(int port, int flags) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int on = 1;
  int fd = socket(AF_INET, SOCK_STREAM | flags, 0);
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(fd, (struct sockaddr*)&address, sizeof address) != 0 || listen(fd, backlog) != 0) {
    perror("listen");
    exit(1);
  }
  return fd;
}

struct order {
  int port;
  enum protocol protocol;
};

static inline struct order order_of(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s PORT echo|http|sleep|compute\n", argv[0]);
    exit(2);
  }
  signal(SIGPIPE, SIG_IGN);
  struct order order = {atoi(argv[1]), protocol_named(argv[2])};
  return order;
}
