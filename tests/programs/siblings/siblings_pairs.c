// Not iterative either: it accepts two connections, the first still open, and has them talk to each other.
#include "served.h"

enum { pairs = 10 };

static void serve(int listener) {
  for (;;) {
    char text[64];
    int one = accept(listener, NULL, NULL);
    int other = accept(listener, NULL, NULL);
    size_t size = read_all(one, text, 5);
    write_all(other, text, size);
    size = read_all(other, text, 5);
    write_all(one, text, size);
    close(one);
    close(other);
  }
}

int main(void) {
  struct served server = serve_by(serve);
  for (int i = 0; i < pairs; ++i) {
    int one = connect_to(&server.where), other = connect_to(&server.where);
    dprintf(one, "a%04d", i);
    dprintf(other, "b%04d", i);
    print_rest("one", i, one);
    print_rest("other", i, other);
  }
  end_server(server);
}
