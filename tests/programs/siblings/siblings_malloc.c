// Each connection has memory of its own, reached from its stack; that of all is in one list.
#include "served.h"

enum { clients = 50 };

struct node {
  struct node *next;
  size_t size;
  char data[];
};

static struct node *all;

static struct node *keep(const char *data, size_t size) {
  struct node *node = malloc(sizeof *node + size);
  node->size = size;
  memcpy(node->data, data, size);
  node->next = all;
  return all = node;
}

static void forget(struct node *gone) {
  struct node **place = &all;
  while (*place != gone)
    place = &(*place)->next;
  *place = gone->next;
  free(gone);
}

static void serve(int listener) {
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    struct node *mine[64];
    int count = 0;
    char data[512];
    ssize_t n;
    uint32_t sum = 0;
    if (fd < 0)
      continue;
    while (count < 64 && (n = read(fd, data, sizeof data)) > 0)
      mine[count++] = keep(data, n);
    for (int i = 0; i < count; ++i) {
      for (size_t k = 0; k < mine[i]->size; ++k)
        sum = sum * 31 + (unsigned char)mine[i]->data[k];
      forget(mine[i]);
    }
    dprintf(fd, "%08x", sum);
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients], right = 0;
  char data[600], expected[16], got[16];
  connect_all(fds, clients, &server.where);
  for (int part = 0; part < 3; ++part)
    for (int i = clients - 1; i >= 0; --i) {
      fill(data, sizeof data, i);
      write_all(fds[i], data + part * 200, 200);
    }
  for (int i = clients - 1; i >= 0; --i)
    shutdown(fds[i], SHUT_WR);
  for (int i = 0; i < clients; ++i) {
    uint32_t sum = 0;
    fill(data, sizeof data, i);
    for (size_t k = 0; k < sizeof data; ++k)
      sum = sum * 31 + (unsigned char)data[k];
    sprintf(expected, "%08x", sum);
    right += read_all(fds[i], got, sizeof got) == 8 && !memcmp(got, expected, 8);
    close(fds[i]);
  }
  printf("right: %d of %d\n", right, clients);
  end_server(server);
}
