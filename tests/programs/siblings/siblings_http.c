// An HTTP server that waits for each piece of a request with select, and reads a body as long as announced.
#include "served.h"
#include <alloca.h>
#include <sys/select.h>

enum { clients = 40, body_bytes = 3000 };

/// Reads what is there within two seconds; 0 at the end, -1 if nothing came.
static ssize_t receive(int fd, char *data, size_t size) {
  struct timeval patience = {20, 0};
  fd_set set;
  FD_ZERO(&set);
  FD_SET(fd, &set);
  if (select(fd + 1, &set, NULL, NULL, &patience) != 1 || !FD_ISSET(fd, &set))
    return -1;
  return recv(fd, data, size, 0);
}

static void answer(int fd) {
  char head[2048];
  size_t have = 0;
  char *end = NULL;
  while (!end && have + 1 < sizeof head) {
    ssize_t n = receive(fd, head + have, sizeof head - 1 - have);
    if (n <= 0)
      return;
    have += n;
    head[have] = 0;
    end = strstr(head, "\r\n\r\n");
  }
  size_t length = strtoul(strstr(head, "Content-Length:") + 15, NULL, 10);
  char *body = alloca(length);
  size_t done = head + have - (end + 4);
  memcpy(body, end + 4, done);
  while (done < length) {
    ssize_t n = receive(fd, body + done, length - done);
    if (n <= 0)
      return;
    done += n;
  }
  dprintf(fd, "HTTP/1.0 200 OK\r\n\r\n%08x", checksum(body, length));
}

static void serve(int listener) {
  for (;;) {
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    int fd = accept4(listener, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
    if (fd < 0)
      continue;
    if (peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK))
      answer(fd);
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients], right = 0;
  char body[body_bytes], expected[64], got[64];
  for (int i = 0; i < clients; ++i) {
    fds[i] = connect_to(&server.where);
    say(fds[i], "POST / HTTP/1.0\r\nContent-Le");
  }
  for (int i = clients - 1; i >= 0; --i)
    say(fds[i], "ngth: 3000\r\n\r\n");
  for (int part = 0; part < 3; ++part)
    for (int i = clients - 1; i >= 0; --i) {
      fill(body, sizeof body, i);
      write_all(fds[i], body + part * 1000, 1000);
    }
  for (int i = 0; i < clients; ++i) {
    fill(body, sizeof body, i);
    size_t size = sprintf(expected, "HTTP/1.0 200 OK\r\n\r\n%08x", checksum(body, sizeof body));
    right += read_all(fds[i], got, sizeof got) == size && !memcmp(got, expected, size);
    close(fds[i]);
  }
  printf("right: %d of %d\n", right, clients);
  end_server(server);
}
