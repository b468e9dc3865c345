// A SIGINT handler sets a flag; main's blocked accept, read, poll, select and pause give EINTR. signal(7)
#include "check.h"
#include <sys/epoll.h>
#include <sys/select.h>

static volatile sig_atomic_t flag;
static int ends[2], listener, set;
static sem_t go;

static void handler(int signal) { flag += signal; }

static int in_accept(void) { return accept(listener, NULL, NULL); }
static int in_read(void) { return (int)read(ends[0], &(char){0}, 1); }
static int in_recv(void) { return (int)recv(ends[0], &(char){0}, 1, 0); }
static int in_poll(void) { return poll(&(struct pollfd){ends[0], POLLIN, 0}, 1, -1); }
static int in_epoll(void) { return epoll_wait(set, &(struct epoll_event){0, {0}}, 1, -1); }
static int in_pause(void) { return pause(); }
static int in_sem(void) { return sem_wait(&(sem_t){{0}}); }

static int in_select(void) {
  fd_set in;
  FD_ZERO(&in);
  FD_SET(ends[0], &in);
  return select(ends[0] + 1, &in, NULL, NULL, NULL);
}

static const struct {
  const char *name;
  int (*call)(void);
} waits[] = {{"accept", in_accept}, {"read", in_read},     {"recv", in_recv},   {"poll", in_poll},
             {"epoll", in_epoll},   {"select", in_select}, {"pause", in_pause}, {"sem_wait", in_sem}};

static void *killer(void *unused) {
  (void)unused;
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGINT);
  pthread_sigmask(SIG_BLOCK, &blocked, NULL);
  for (int i = 0; i < 8; ++i) {
    sem_wait(&go);
    settle();
    kill(getpid(), SIGINT);
  }
  return NULL;
}

int main(void) {
  struct sockaddr_in where;
  struct sigaction action = {.sa_handler = handler};
  sigaction(SIGINT, &action, NULL);
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  listener = listen_on_loopback(&where, 1);
  set = MUST(epoll_create1(0));
  pthread_t thread = start(killer, NULL);
  for (int i = 0; i < 8; ++i) {
    flag = 0;
    sem_post(&go);
    struct outcome o = seen(waits[i].call());
    tell(waits[i].name, o);
    printf("  flag %d\n", flag);
  }
  finish(thread);
  return 0;
}
