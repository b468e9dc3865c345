// A signal blocked everywhere but in a wait's own mask ends that wait; its handler may block. sigsuspend(2)
#include "check.h"
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>

static int ends[2], answers[2], set, ring;
static aio_context_t aio;
static sigset_t usual, waiting;
static volatile sig_atomic_t calls, under_mask;
static sem_t go;
static pthread_t waiter;

// Reads what the sender writes only after it has sent.
static void handler(int signal) {
  sigset_t now;
  char byte;
  pthread_sigmask(SIG_BLOCK, NULL, &now);
  under_mask =
      sigismember(&now, signal) && !sigismember(&now, SIGUSR2) && pthread_equal(pthread_self(), waiter);
  calls += read(answers[0], &byte, 1) == 1;
}

static int in_ppoll(void) { return ppoll(&(struct pollfd){ends[0], POLLIN, 0}, 1, NULL, &waiting); }
static int in_epoll_pwait(void) { return epoll_pwait(set, &(struct epoll_event){0}, 1, -1, &waiting); }
static int in_epoll_pwait2(void) { return epoll_pwait2(set, &(struct epoll_event){0}, 1, NULL, &waiting); }
static int in_sigsuspend(void) { return sigsuspend(&waiting); }

static int in_pselect(void) {
  fd_set in;
  FD_ZERO(&in);
  FD_SET(ends[0], &in);
  return pselect(ends[0] + 1, &in, NULL, NULL, NULL, &waiting);
}

static int in_io_pgetevents(void) {
  const struct {
    sigset_t *set;
    size_t size;
  } mask = {&waiting, 8};
  return syscall(SYS_io_pgetevents, aio, 1l, 1l, &(struct io_event){0}, NULL, &mask);
}

static int in_io_uring(void) {
  return syscall(SYS_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS, &waiting, 8l);
}

static int in_io_uring_extended(void) {
  struct io_uring_getevents_arg more = {(uintptr_t)&waiting, 8, 0, 0};
  return syscall(SYS_io_uring_enter, ring, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &more,
                 sizeof more);
}

static const struct {
  const char *name;
  int (*call)(void);
} waits[] = {{"ppoll", in_ppoll},
             {"pselect", in_pselect},
             {"epoll_pwait", in_epoll_pwait},
             {"epoll_pwait2", in_epoll_pwait2},
             {"sigsuspend", in_sigsuspend},
             {"io_pgetevents", in_io_pgetevents},
             {"io_uring_enter", in_io_uring},
             {"io_uring_enter, extended", in_io_uring_extended}};
static int count = sizeof waits / sizeof *waits;

static void *wait_by_turns(void *unused) {
  (void)unused;
  for (int i = 0; i < 3 * count; ++i) {
    sigset_t after;
    calls = under_mask = 0;
    sem_post(&go);
    struct outcome o = seen(waits[i / 3].call());
    tell(waits[i / 3].name, o);
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    printf("  handled %d, under its mask %d, blocked again %d\n", calls, under_mask,
           sigismember(&after, SIGUSR1) && sigismember(&after, SIGUSR2));
  }
  return NULL;
}

int main(void) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &action, NULL);
  sigemptyset(&usual);
  sigaddset(&usual, SIGUSR1);
  sigaddset(&usual, SIGUSR2);
  sigemptyset(&waiting);
  pthread_sigmask(SIG_BLOCK, &usual, NULL);
  MUST(pipe(ends));
  MUST(pipe(answers));
  set = MUST(epoll_create1(0));
  MUST(syscall(SYS_io_setup, 4, &aio));
  ring = syscall(SYS_io_uring_setup, 4, &(struct io_uring_params){0});
  if (ring < 0) count -= 2;  // may be forbidden
  waiter = start(wait_by_turns, NULL);
  for (int i = 0; i < 3 * count; ++i) {
    sem_wait(&go);
    // To the thread that waits; to the process, whose only thread to take it is that; before it waits.
    if (i % 3 != 2) settle();
    if (i % 3 == 1)
      kill(getpid(), SIGUSR1);
    else
      pthread_kill(waiter, SIGUSR1);
    settle();
    MUST(write(answers[1], "x", 1));
  }
  finish(waiter);
  return 0;
}
