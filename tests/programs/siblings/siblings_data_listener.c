// A handler that opens a listener of its own and accepts one connection there, as FTP's passive mode does.
#include "served.h"

enum { clients = 15 };

static void serve(int listener) {
  for (;;) {
    struct sockaddr_in where;
    char text[64];
    int fd = accept(listener, NULL, NULL);
    if (fd < 0)
      continue;
    int data_listener = listen_on_loopback(&where, 1);
    write_all(fd, &where.sin_port, sizeof where.sin_port);
    int data = accept(data_listener, NULL, NULL);
    close(data_listener);
    size_t size = read_all(data, text, sizeof text);
    close(data);
    write_all(fd, text, size);
    close(fd);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  int fds[clients];
  connect_all(fds, clients, &server.where);
  for (int i = 0; i < clients; ++i) {
    struct sockaddr_in where = server.where;
    read_all(fds[i], &where.sin_port, sizeof where.sin_port);
    int data = connect_to(&where);
    dprintf(data, "data of %d", i);
    close(data);
    print_rest("client", i, fds[i]);
  }
  end_server(server);
}
