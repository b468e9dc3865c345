// accept() blocks until a client comes and names it; the listener's O_NONBLOCK is not inherited. accept(2)
#include "check.h"

static int listener;
static struct sockaddr_in where, peer;
static socklen_t length = sizeof peer;
static sem_t accepted;

static void *acceptor(void *unused) {
  (void)unused;
  int fd = MUST(accept(listener, (struct sockaddr *)&peer, &length));
  sem_post(&accepted);
  return (void *)(long)fd;
}

int main(void) {
  listener = listen_on_loopback(&where, 8);
  pthread_t thread = start(acceptor, NULL);
  settle();
  struct sockaddr_in mine;
  socklen_t size = sizeof mine;
  int client = connect_to(&where);
  sem_wait(&accepted);
  MUST(getsockname(client, (struct sockaddr *)&mine, &size));
  int fd = (int)(long)finish(thread);
  printf("address of %u bytes, the client's: %d\n", length, !memcmp(&mine, &peer, sizeof mine));
  printf("flags: %s\n", fcntl(fd, F_GETFL) & O_NONBLOCK ? "non-blocking" : "blocking");
  printf("close-on-exec: %d\n", fcntl(fd, F_GETFD));
  MUST(fcntl(listener, F_SETFL, O_NONBLOCK));
  report("accept with nobody there", accept(listener, NULL, NULL));
  connect_to(&where);
  fd = accept(listener, NULL, NULL);
  printf("flags: %s\n", fcntl(fd, F_GETFL) & O_NONBLOCK ? "non-blocking" : "blocking");
  report("accept on a connection", accept(fd, NULL, NULL));
  report("accept on no descriptor", accept(9999, NULL, NULL));
  return 0;
}
