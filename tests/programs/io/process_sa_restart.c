// SA_RESTART: read, recv and accept go on after the handler; poll and nanosleep give EINTR. signal(7)
#include "check.h"

static volatile sig_atomic_t handled;
static int ends[2], listener;
static struct sockaddr_in where;
static sem_t go;

static void handler(int signal) {
  (void)signal;
  ++handled;
}

static void *interrupter(void *argument) {
  pthread_t main_thread = *(pthread_t *)argument;
  for (int i = 0; i < 5; ++i) {
    sem_wait(&go);
    settle();
    pthread_kill(main_thread, SIGUSR1);
    settle();
    if (i < 2)
      MUST(write(ends[1], "x", 1));
    if (i == 2)
      connect_to(&where);
  }
  return NULL;
}

int main(void) {
  char byte;
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  struct timespec t = {5, 0};
  pthread_t self = pthread_self();
  sigaction(SIGUSR1, &action, NULL);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  listener = listen_on_loopback(&where, 1);
  pthread_t thread = start(interrupter, &self);
  sem_post(&go);
  report("read", read(ends[0], &byte, 1));
  sem_post(&go);
  report("recv", recv(ends[0], &byte, 1, 0));
  sem_post(&go);
  printf("accept: %s\n", accept(listener, NULL, NULL) >= 0 ? "accepted" : strerrorname_np(errno));
  sem_post(&go);
  report("poll", poll(&(struct pollfd){ends[0], POLLIN, 0}, 1, 5000));
  sem_post(&go);
  report("nanosleep", nanosleep(&t, NULL));
  finish(thread);
  printf("handled %d\n", handled);
  return 0;
}
