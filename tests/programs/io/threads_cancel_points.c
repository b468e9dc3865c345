// A thread that has been cancelled ends at the next cancellation point, even one that would not wait.
// pthreads(7)
#include "check.h"
#include <aio.h>
#include <mqueue.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <termios.h>
#include <threads.h>

static int file, pipe_ends[2], pair[2], listener, set, queue, terminal;
static mqd_t posix_queue;
static char byte, many[8];
static struct sockaddr_in where;
static const struct timespec no_time, past = {1, 0};
static sem_t one;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static struct iovec part = {&byte, 1};
static fd_set none;
static sigset_t no_signals;

#define POINTS(X)                                                             \
  X(accept(listener, NULL, NULL))                                             \
  X(accept4(listener, NULL, NULL, 0))                                         \
  X(aio_suspend((const struct aiocb*[]){NULL}, 1, &no_time))                  \
  X(clock_nanosleep(CLOCK_MONOTONIC, 0, &no_time, NULL))                      \
  X(close(-1))                                                                \
  X(connect(-1, (struct sockaddr*)&where, sizeof where))                      \
  X(copy_file_range(file, NULL, file, NULL, 0, 0))                            \
  X(creat("/", 0600))                                                         \
  X(dup(-1))                                                                  \
  X(dup2(-1, 500))                                                            \
  X(epoll_pwait(set, &(struct epoll_event){0}, 1, 0, NULL))                   \
  X(epoll_wait(set, &(struct epoll_event){0}, 1, 0))                          \
  X(fallocate(-1, 0, 0, 1))                                                   \
  X(fcntl(file, F_GETFL))                                                     \
  X(fcntl(file, F_SETLKW, &(struct flock){.l_type = F_UNLCK}))                \
  X(fdatasync(file))                                                          \
  X(fsync(file))                                                              \
  X(kill(getpid(), 0))                                                        \
  X(lockf(file, F_ULOCK, 0))                                                  \
  X(mq_timedreceive(posix_queue, many, 8, NULL, &past))                       \
  X(mq_timedsend(posix_queue, many, 1, 0, &past))                             \
  X(mq_receive(posix_queue, many, 8, NULL))                                   \
  X(mq_send(posix_queue, many, 1, 0))                                         \
  X(msgrcv(queue, many, 0, 0, IPC_NOWAIT))                                    \
  X(msgsnd(-1, &(long[]){1}, 0, 0))                                           \
  X(msync(NULL, 0, MS_SYNC))                                                  \
  X(nanosleep(&no_time, NULL))                                                \
  X(open("/", O_RDONLY))                                                      \
  X(openat(AT_FDCWD, "/", O_RDONLY))                                          \
  X(poll(NULL, 0, 0))                                                         \
  X(ppoll(NULL, 0, &no_time, NULL))                                           \
  X(pread(file, &byte, 1, 0))                                                 \
  X(preadv(file, &part, 1, 0))                                                \
  X(pselect(0, &none, NULL, NULL, &no_time, NULL))                            \
  X(pthread_cond_timedwait(&condition, &mutex, &past))                        \
  X(pthread_mutex_timedlock(&mutex, &past))                                   \
  X(pwrite(file, &byte, 1, 0))                                                \
  X(pwritev(file, &part, 1, 0))                                               \
  X(read(file, &byte, 1))                                                     \
  X(read(-1, &byte, 1))                                                       \
  X(readv(file, &part, 1))                                                    \
  X(recv(pair[0], &byte, 1, MSG_DONTWAIT))                                    \
  X(recvfrom(pair[0], &byte, 1, MSG_DONTWAIT, NULL, NULL))                    \
  X(recvmmsg(pair[0], NULL, 0, 0, NULL))                                      \
  X(recvmsg(pair[0], &(struct msghdr){0}, MSG_DONTWAIT))                      \
  X(sched_yield())                                                            \
  X(select(0, &none, NULL, NULL, &(struct timeval){0, 0}))                    \
  X(sem_clockwait(&one, CLOCK_MONOTONIC, &past))                              \
  X(sem_timedwait(&one, &past))                                               \
  X(sem_trywait(&one))                                                        \
  X(sem_wait(&one))                                                           \
  X(send(pair[0], &byte, 1, 0))                                               \
  X(sendmmsg(pair[0], NULL, 0, 0))                                            \
  X(sendmsg(pair[0], &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1}, 0)) \
  X(sendto(pair[0], &byte, 1, 0, NULL, 0))                                    \
  X(sigtimedwait(&no_signals, NULL, &no_time))                                \
  X(sleep(0))                                                                 \
  X(splice(-1, NULL, -1, NULL, 0, 0))                                         \
  X(sync_file_range(file, 0, 0, 0))                                           \
  X(system(":"))                                                              \
  X(tcdrain(terminal))                                                        \
  X(tee(-1, -1, 0, 0))                                                        \
  X(thrd_sleep(&no_time, NULL))                                               \
  X(usleep(0))                                                                \
  X(vmsplice(-1, NULL, 0, 0))                                                 \
  X(wait(NULL))                                                               \
  X(waitid(P_ALL, 0, NULL, WEXITED | WNOHANG))                                \
  X(waitpid(-1, NULL, WNOHANG))                                               \
  X(write(pipe_ends[1], &byte, 1))                                            \
  X(write(-1, &byte, 1))                                                      \
  X(writev(pipe_ends[1], &part, 1))                                           \
  X(getchar())                                                                \
  X(fflush(stderr))                                                           \
  X((pthread_testcancel(), 0))

static struct outcome outcome;

// Numbered by their places in the list.
#define BODY(call)                \
  case __COUNTER__ - base:        \
    errno = 0;                    \
    outcome = seen((long)(call)); \
    break;
#define NAME(call) #call,
static const char* const names[] = {POINTS(NAME)};
enum { count = sizeof names / sizeof *names, base = __COUNTER__ + 1 };

static void make(int number) {
  switch (number) { POINTS(BODY) }
}

static void* body(void* number) {
  pthread_cancel(pthread_self());
  make((int)(intptr_t)number);
  return NULL;
}

static void open_everything(void) {
  file = MUST(memfd_create("file", 0));
  MUST(pipe(pipe_ends));
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  listener = listen_on_loopback(&where, 1);
  fcntl(listener, F_SETFL, O_NONBLOCK);
  set = MUST(epoll_create1(0));
  queue = MUST(msgget(IPC_PRIVATE, 0600));
  MUST(msgctl(queue, IPC_RMID, NULL));
  struct mq_attr attributes = {.mq_flags = O_NONBLOCK, .mq_maxmsg = 1, .mq_msgsize = 8};
  char name[32];
  snprintf(name, sizeof name, "/program-%d", getpid());
  posix_queue = MUST(mq_open(name, O_CREAT | O_RDWR | O_NONBLOCK, 0600, &attributes));
  mq_unlink(name);
  terminal = MUST(posix_openpt(O_RDWR | O_NOCTTY));
  sem_init(&one, 0, count);
  sigemptyset(&no_signals);
}

int main(void) {
  open_everything();
  for (int i = 0; i < count; ++i) {
    pthread_mutex_init(&mutex, NULL);
    pthread_mutex_trylock(&mutex);
    const int cancelled = finish(start(body, (void*)(intptr_t)i)) == PTHREAD_CANCELED;
    if (cancelled)
      printf("%s: cancelled\n", names[i]);
    else
      tell(names[i], outcome);
  }
  return 0;
}
