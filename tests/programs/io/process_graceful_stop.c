// A server's orderly end: SIGTERM breaks main's accept(), workers are joined, status 0. signal(7)
#include "check.h"

enum { clients = 8 };
static volatile sig_atomic_t stopping;
static struct sockaddr_in where;

static void stop(int signal) { stopping = signal; }

static void *serve(void *argument) {
  int fd = *(int *)argument;
  char byte;
  long served = 0;
  for (; read(fd, &byte, 1) == 1; ++served)
    MUST(write(fd, &byte, 1));
  return (void *)served;
}

static void *play_clients(void *unused) {
  (void)unused;
  int fd[clients], right = 0, ended = 0;
  char byte;
  for (int i = 0; i < clients; ++i)
    fd[i] = connect_to(&where);
  for (int round = 0; round < 5; ++round)
    for (int i = 0; i < clients; ++i)
      right += write(fd[i], "x", 1) == 1 && read(fd[i], &byte, 1) == 1;
  settle();
  kill(getpid(), SIGTERM);
  for (int i = 0; i < clients; ++i)
    ended += read(fd[i], &byte, 1) == 0;
  return (void *)(long)(right * 100 + ended);
}

// Accepts until the signal; workers are started with it blocked, so that main gets it.
static int accept_until_stopped(int listener, int *fd, pthread_t *worker, const sigset_t *set) {
  int count = 0, connection;
  while (!stopping && (connection = accept(listener, NULL, NULL)) >= 0) {
    pthread_sigmask(SIG_BLOCK, set, NULL);
    fd[count] = connection;
    worker[count] = start(serve, &fd[count]);
    ++count;
    pthread_sigmask(SIG_UNBLOCK, set, NULL);
  }
  printf("accept: %s, flag %d\n", strerrorname_np(errno), stopping);
  return count;
}

int main(void) {
  int fd[clients];
  pthread_t worker[clients];
  sigset_t set;
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  int listener = listen_on_loopback(&where, clients);
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  pthread_t all_clients = start(play_clients, NULL);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  int count = accept_until_stopped(listener, fd, worker, &set);
  for (int i = 0; i < count; ++i)
    shutdown(fd[i], SHUT_RDWR);
  for (int i = 0; i < count; ++i)
    printf("worker served %ld\n", (long)finish(worker[i]));
  printf("clients: %ld\n", (long)finish(all_clients));
  return 0;
}
