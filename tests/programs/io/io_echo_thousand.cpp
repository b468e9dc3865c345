// 1,000 echo connections open at once, a thread at both ends: every byte comes back. accept(2)
#include "check.h"
#include <atomic>

constexpr int connections = 1000;
static sockaddr_in where;
static std::atomic<int> open_now, right;
static pthread_barrier_t all_open;

static void *serve(void *argument) {
  int fd = static_cast<int>(reinterpret_cast<long>(argument));
  char space[512];
  for (ssize_t n; (n = read(fd, space, sizeof space)) > 0;)
    write_all(fd, space, n);
  close(fd);
  return nullptr;
}

static void *client(void *argument) {
  char out[300], in[300];
  int fd = connect_to(&where);
  fill(out, sizeof out, static_cast<uint32_t>(reinterpret_cast<long>(argument)));
  ++open_now;
  pthread_barrier_wait(&all_open);
  bool good = open_now == connections;
  for (int i = 0; i < 5; ++i)
    good = good && write_all(fd, out, sizeof out) == sizeof out && read_all(fd, in, sizeof in) == sizeof in &&
           memcmp(in, out, sizeof in) == 0;
  pthread_barrier_wait(&all_open);
  close(fd);
  right += good;
  return nullptr;
}

static void *accept_all(void *argument) {
  static pthread_t server[connections];
  int listener = static_cast<int>(reinterpret_cast<long>(argument));
  for (int i = 0; i < connections; ++i)
    server[i] = start(serve, reinterpret_cast<void *>(MUST(accept(listener, nullptr, nullptr))));
  for (pthread_t thread : server)
    finish(thread);
  return nullptr;
}

int main() {
  static pthread_t thread[connections];
  pthread_barrier_init(&all_open, nullptr, connections);
  int listener = listen_on_loopback(&where, connections);
  pthread_t acceptor = start(accept_all, reinterpret_cast<void *>(static_cast<long>(listener)));
  for (long i = 0; i < connections; ++i)
    thread[i] = start(client, reinterpret_cast<void *>(i));
  for (pthread_t t : thread)
    finish(t);
  finish(acceptor);
  printf("right: %d of %d\n", right.load(), connections);
  return right == connections ? 0 : 1;
}
