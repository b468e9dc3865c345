// Sleeping, locks, queues, file locks, opening FIFOs and waiting for children, where they block.
#pragma once
#include "blocking.h"
#include <linux/futex.h>
#include <mqueue.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/syscall.h>

static const struct timespec long_time = {20, 0};

static struct timespec later(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  t.tv_sec += 20;
  return t;
}

// --- time and signals
// What is left of a sleep: "nearly all" or not.
static long rest(long result, struct timespec left) {
  return result < 0 && (left.tv_sec < 5 || left.tv_sec > 19) ? -2 : result;
}
static long in_nanosleep(struct place* p) {
  struct timespec left = {0, 0};
  (void)p;
  return rest(nanosleep(&long_time, &left), left);
}
static long in_clock_nanosleep(struct place* p) {
  struct timespec left = {0, 0};
  (void)p;
  errno = clock_nanosleep(CLOCK_MONOTONIC, 0, &long_time, &left);
  return rest(errno ? -1 : 0, left);
}
static long in_clock_nanosleep_until(struct place* p) {
  struct timespec t = later(CLOCK_REALTIME);
  (void)p;
  errno = clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL);
  return errno ? -1 : 0;
}
static long in_usleep(struct place* p) { return (void)p, usleep(20000000); }
static long in_sleep(struct place* p) { return (void)p, sleep(20) > 5; }
static long in_pause(struct place* p) { return (void)p, pause(); }
static long in_sigsuspend(struct place* p) {
  sigset_t set = only(0);
  return (void)p, sigsuspend(&set);
}
static void mask_another(void) {
  sigset_t set = only(SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}
static long in_sigwaitinfo(struct place* p) {
  sigset_t set = only(SIGUSR2);
  (void)p, mask_another();
  return sigwaitinfo(&set, NULL);
}
static long in_sigtimedwait(struct place* p) {
  sigset_t set = only(SIGUSR2);
  (void)p, mask_another();
  return sigtimedwait(&set, NULL, &long_time);
}

// --- locks
static void a_semaphore(struct place* p) { MUST(sem_init(&p->semaphore, 0, 0)); }
static void a_shared_semaphore(struct place* p) { MUST(sem_init(&p->semaphore, 1, 0)); }
static void post(struct place* p) { MUST(sem_post(&p->semaphore)); }
static long in_sem_wait(struct place* p) { return sem_wait(&p->semaphore); }
static long in_sem_timedwait(struct place* p) {
  struct timespec t = later(CLOCK_REALTIME);
  return sem_timedwait(&p->semaphore, &t);
}
static long in_sem_clockwait(struct place* p) {
  struct timespec t = later(CLOCK_MONOTONIC);
  return sem_clockwait(&p->semaphore, CLOCK_MONOTONIC, &t);
}
static void a_mutex(struct place* p) {
  MUST(pthread_mutex_init(&p->mutex, NULL)), pthread_mutex_lock(&p->mutex);
}
static void unlock(struct place* p) { pthread_mutex_unlock(&p->mutex); }
static void clean_up(void* place) { unlock(place); }
static long in_mutex_lock(struct place* p) { return pthread_mutex_lock(&p->mutex); }
static long in_mutex_timedlock(struct place* p) {
  struct timespec t = later(CLOCK_REALTIME);
  return pthread_mutex_timedlock(&p->mutex, &t);
}
static void a_condition(struct place* p) {
  a_mutex(p), unlock(p);
  MUST(pthread_cond_init(&p->condition, NULL));
}
static void signal_it(struct place* p) {
  pthread_mutex_lock(&p->mutex);
  p->word = 1;
  pthread_cond_signal(&p->condition);
  unlock(p);
}
static long in_cond_wait(struct place* p) {
  volatile long result = 0;
  pthread_mutex_lock(&p->mutex);
  pthread_cleanup_push(clean_up, p);
  while (!p->word && !result) result = pthread_cond_wait(&p->condition, &p->mutex);
  pthread_cleanup_pop(1);
  return result;
}
static long in_cond_timedwait(struct place* p) {
  struct timespec t = later(CLOCK_REALTIME);
  volatile long result = 0;
  pthread_mutex_lock(&p->mutex);
  pthread_cleanup_push(clean_up, p);
  while (!p->word && !result) result = pthread_cond_timedwait(&p->condition, &p->mutex, &t);
  pthread_cleanup_pop(1);
  return result;
}
static long futex(struct place* p, int operation, long argument, const struct timespec* timeout) {
  return syscall(SYS_futex, &p->word, operation, argument, timeout, NULL, FUTEX_BITSET_MATCH_ANY);
}
static long in_futex(struct place* p) { return futex(p, FUTEX_WAIT_PRIVATE, 0, NULL); }
static long in_shared_futex(struct place* p) { return futex(p, FUTEX_WAIT, 0, NULL); }
static long in_timed_futex(struct place* p) { return futex(p, FUTEX_WAIT_PRIVATE, 0, &long_time); }
static long in_shared_timed_futex(struct place* p) { return futex(p, FUTEX_WAIT, 0, &long_time); }
static void wake(struct place* p) {
  p->word = 1;
  futex(p, FUTEX_WAKE_PRIVATE, 1, NULL);
  futex(p, FUTEX_WAKE, 1, NULL);
}

// --- System V and POSIX queues
static void a_queue(struct place* p) { p->id = MUST(msgget(IPC_PRIVATE, 0600)); }
static const struct message {
  long type;
  char text[8];
} message = {1, "text"};
static void a_full_queue(struct place* p) {
  a_queue(p);
  while (msgsnd(p->id, &message, 8, IPC_NOWAIT) == 0) {}
}
static long in_msgrcv(struct place* p) { return msgrcv(p->id, p->buffer, 8, 0, 0); }
static long in_msgsnd(struct place* p) { return msgsnd(p->id, &message, 8, 0); }
static void send_message(struct place* p) { MUST(msgsnd(p->id, &message, 8, 0)); }
static void take_messages(struct place* p) {
  while (msgrcv(p->id, p->buffer, 8, 0, IPC_NOWAIT) >= 0) {}
}
static void end_queue(struct place* p) { msgctl(p->id, IPC_RMID, NULL); }
static void end_semaphores(struct place* p) { semctl(p->id, 0, IPC_RMID); }
static void semaphores(struct place* p) { p->id = MUST(semget(IPC_PRIVATE, 1, 0600)); }
static long in_semop(struct place* p) { return semop(p->id, (struct sembuf[]){{0, -1, 0}}, 1); }
static long in_semtimedop(struct place* p) {
  return semtimedop(p->id, (struct sembuf[]){{0, -1, 0}}, 1, &long_time);
}
static void up(struct place* p) { MUST(semop(p->id, (struct sembuf[]){{0, 1, 0}}, 1)); }
static void a_posix_queue(struct place* p) {
  static int count;
  struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = 8};
  snprintf(p->path, sizeof p->path, "/program-%d-%d", getpid(), ++count);
  p->id = MUST(mq_open(p->path, O_CREAT | O_RDWR, 0600, &attributes));
  mq_unlink(p->path);
}
static void a_full_posix_queue(struct place* p) { a_posix_queue(p), MUST(mq_send(p->id, "x", 1, 0)); }
static long in_mq_receive(struct place* p) { return mq_receive(p->id, p->buffer, 8, NULL); }
static long in_mq_timedreceive(struct place* p) {
  struct timespec t = later(CLOCK_REALTIME);
  return mq_timedreceive(p->id, p->buffer, 8, NULL, &t);
}
static long in_mq_send(struct place* p) { return mq_send(p->id, "y", 1, 0); }
static void mail(struct place* p) { MUST(mq_send(p->id, "x", 1, 0)); }
static void fetch(struct place* p) { MUST(mq_receive(p->id, p->buffer, 8, NULL)); }

// --- files and processes
static void a_fifo(struct place* p) {
  name_file(p);
  MUST(mkfifo(p->path, 0600));
}
static long in_open_to_read(struct place* p) { return open(p->path, O_RDONLY) < 0 ? -1 : 0; }
static long in_open_to_write(struct place* p) { return open(p->path, O_WRONLY) < 0 ? -1 : 0; }
static void open_both(struct place* p) { MUST(open(p->path, O_RDWR)); }
static void a_file(struct place* p) {
  name_file(p);
  p->fds[0] = MUST(open(p->path, O_CREAT | O_RDWR, 0600));
  p->fds[1] = MUST(open(p->path, O_RDWR));
}
static void a_flocked_file(struct place* p) { a_file(p), MUST(flock(p->fds[1], LOCK_EX)); }
static long in_flock(struct place* p) { return flock(p->fds[0], LOCK_EX); }
static void let_go(struct place* p) { MUST(flock(p->fds[1], LOCK_UN)); }
static void an_ofd_locked_file(struct place* p) {
  a_file(p), MUST(fcntl(p->fds[1], F_OFD_SETLK, &(struct flock){.l_type = F_WRLCK}));
}
static long in_ofd_setlkw(struct place* p) {
  return fcntl(p->fds[0], F_OFD_SETLKW, &(struct flock){.l_type = F_WRLCK});
}
static long in_setlkw(struct place* p) {
  return fcntl(p->fds[0], F_SETLKW, &(struct flock){.l_type = F_WRLCK});
}
static void unlock_ofd(struct place* p) {
  MUST(fcntl(p->fds[1], F_OFD_SETLK, &(struct flock){.l_type = F_UNLCK}));
}
static void a_child(struct place* p) {
  p->id = MUST(fork());
  if (p->id == 0) {
    pause();
    _exit(0);
  }
}
static long in_waitpid(struct place* p) { return waitpid(p->id, NULL, 0) < 0 ? -1 : 0; }
static long in_waitid(struct place* p) { return waitid(P_PID, p->id, &(siginfo_t){0}, WEXITED); }
static void end_child(struct place* p) { MUST(kill(p->id, SIGKILL)); }
static void reap(struct place* p) { kill(p->id, SIGKILL), waitpid(p->id, NULL, 0); }
static void an_aio(struct place* p) { MUST(syscall(SYS_io_setup, 1, &p->aio)); }
static long in_io_getevents(struct place* p) {
  return syscall(SYS_io_getevents, p->aio, 1l, 1l, p->buffer, &long_time);
}

static const struct wait waits[] = {
    {"nanosleep", nothing, in_nanosleep, nothing, NULL},
    {"clock_nanosleep", nothing, in_clock_nanosleep, nothing, NULL},
    {"clock_nanosleep TIMER_ABSTIME", nothing, in_clock_nanosleep_until, nothing, NULL},
    {"usleep", nothing, in_usleep, nothing, NULL},
    {"sleep", nothing, in_sleep, nothing, NULL},
    {"pause", nothing, in_pause, nothing, NULL},
    {"sigsuspend", nothing, in_sigsuspend, nothing, NULL},
    {"sigwaitinfo", nothing, in_sigwaitinfo, nothing, NULL},
    {"sigtimedwait", nothing, in_sigtimedwait, nothing, NULL},
    {"sem_wait", a_semaphore, in_sem_wait, post, NULL},
    {"sem_wait, shared", a_shared_semaphore, in_sem_wait, post, NULL},
    {"sem_timedwait", a_semaphore, in_sem_timedwait, post, NULL},
    {"sem_timedwait, shared", a_shared_semaphore, in_sem_timedwait, post, NULL},
    {"sem_clockwait", a_semaphore, in_sem_clockwait, post, NULL},
    {"pthread_mutex_lock", a_mutex, in_mutex_lock, unlock, NULL},
    {"pthread_mutex_timedlock", a_mutex, in_mutex_timedlock, unlock, NULL},
    {"pthread_cond_wait", a_condition, in_cond_wait, signal_it, NULL},
    {"pthread_cond_timedwait", a_condition, in_cond_timedwait, signal_it, NULL},
    {"futex", nothing, in_futex, wake, NULL},
    {"futex, shared", nothing, in_shared_futex, wake, NULL},
    {"futex with a timeout", nothing, in_timed_futex, wake, NULL},
    {"futex with a timeout, shared", nothing, in_shared_timed_futex, wake, NULL},
    {"msgrcv", a_queue, in_msgrcv, send_message, end_queue},
    {"msgsnd", a_full_queue, in_msgsnd, take_messages, end_queue},
    {"semop", semaphores, in_semop, up, end_semaphores},
    {"semtimedop", semaphores, in_semtimedop, up, end_semaphores},
    {"mq_receive", a_posix_queue, in_mq_receive, mail, NULL},
    {"mq_timedreceive", a_posix_queue, in_mq_timedreceive, mail, NULL},
    {"mq_send", a_full_posix_queue, in_mq_send, fetch, NULL},
    {"open a FIFO to read", a_fifo, in_open_to_read, open_both, NULL},
    {"open a FIFO to write", a_fifo, in_open_to_write, open_both, NULL},
    {"flock", a_flocked_file, in_flock, let_go, NULL},
    {"F_OFD_SETLKW", an_ofd_locked_file, in_ofd_setlkw, unlock_ofd, NULL},
    {"F_SETLKW", an_ofd_locked_file, in_setlkw, unlock_ofd, NULL},
    {"waitpid", a_child, in_waitpid, end_child, reap},
    {"waitid", a_child, in_waitid, end_child, reap},
    {"io_getevents", an_aio, in_io_getevents, nothing, NULL},
};

enum { wait_count = sizeof waits / sizeof *waits };
