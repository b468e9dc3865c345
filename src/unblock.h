/* unblock: threads that are fibers, for programs that link the library.
 *
 * Between unblock_start() and unblock_stop() the threads that a program makes (pthread_create(3),
 * std::thread, and whoever calls them) are fibers: each a whole thread to the program, that has a kernel
 * thread only while it computes. Blocking calls put the fiber to sleep and let the others run. Everything
 * else works as it does with threads, and without unblock_start() the library does nothing.
 *
 * Threads that are there already stay kernel threads, and so do those that they make; and what libc calls on
 * threads of its own, for SIGEV_THREAD (timer_create(2), mq_notify(3)), it calls on kernel threads, whoever
 * asked for it. Both kinds share locks, conditions, semaphores, channels, descriptors and signals as threads
 * do, join and cancel each other.
 *
 * All functions are thread-safe, none sets errno: those that can fail return 0 or an
 * error number of errno(3), as those of pthreads(7) do.
 */
#ifndef UNBLOCK_H
#define UNBLOCK_H

#ifdef __cplusplus
extern "C" {
#endif

/* Turns the calling thread into a fiber, so that threads made by it, and by those, are fibers: its group.
 * Several threads may do so, up to 64 at a time; their groups run on the same kernel threads.
 *
 * options: NULL, or what `unblock --help` lists without the dashes, with spaces between: "slice=5 stats".
 * What is not named has its default; the environment is not looked at. They are the process': as long as
 * another thread's start is in force, they must be NULL, empty, or that one's to the letter.
 *
 * Where other threads run, libc's code is changed under their feet, one instruction at a time: none is
 * stopped, interrupted or trapped. Of some 570 places where libc and the dynamic linker enter the kernel, ten
 * are left alone then, mostly in code that no thread gets to, and in loops inside pthread_barrier_wait(3) and
 * pthread_cond_signal(3): a fiber that sleeps there sleeps in the kernel, and the others go on after half a
 * millisecond. A file that is mapped and executed, but not found by dl_iterate_phdr(3), is not changed.
 * The starter's own kernel thread sleeps while others run its fiber, and has it back at the end. Mutexes with
 * PTHREAD_PRIO_INHERIT exclude all threads, and from here on none inherits a priority by them; those that
 * wait for one already get it when it is unlocked, by the starter, too.
 *
 * Under the command `unblock` the program's threads are fibers anyhow: the call succeeds, and its options are
 * the command's.
 *
 * Returns 0, or with nothing changed and unblock_reason() saying why:
 *   EALREADY  it was started, and the caller is a fiber
 *   EAGAIN    too many threads have started, or no memory
 *   EBUSY     it was started when the process had one thread, and the caller has come to be since then, by a
 *             system call of its own
 *   EINVAL    an option or its value is not known, or it runs with others
 *   ENOTSUP   fibers are impossible here: another libc, no memory, code that may not be written (while other
 *             threads run it must be writable and executable for a moment), no membarrier(2)
 */
int unblock_start(const char *options);

/* Waits until all other fibers of its group have ended, then makes the calling thread, the one that called
 * unblock_start(), an ordinary one again, on the kernel thread it was. Detached threads count, too. Those of
 * other groups, and threads that are no fibers, are not waited for: among them the one that libc keeps for
 * notifications by SIGEV_THREAD (timer_create(2), mq_notify(3)), and the threads it makes for them. When the
 * last group ends nothing is left but libc's changed code, at a few nanoseconds a call. Afterwards
 * unblock_start() may be called anew, by any thread.
 *
 * A signal's handler runs meanwhile, and the wait goes on. A process may also end without it, and so may the
 * starter: its fibers go on. In a child of fork(2) nothing is started any more, whoever forked: it has one
 * thread, which is an ordinary one, and may start it anew.
 *
 * Returns 0, or with nothing done:
 *   EINVAL  it is not started, or the caller is no fiber
 *   EPERM   the caller is a fiber, but not the one that started it
 *   ETIMEDOUT  the caller's deadline has passed: unblock_deadline()
 */
int unblock_stop(void);

/* No deadline. */
#define UNBLOCK_NEVER 0x7fffffffffffffffLL

/* Sets the calling fiber's deadline: nanoseconds of CLOCK_MONOTONIC, UNBLOCK_NEVER for none. Returns the one
 * it had, for the caller to put back. From then on its blocking calls fail with ETIMEDOUT instead of sleeping
 * longer: reading and writing sockets and pipes, accept(2), connect(2), poll(2) and its kin, sleep(3),
 * pthread_cond_wait(3), sem_wait(3), pthread_join(3), sigwait(3), unblock_stop(). A call's own timeout, if it
 * is sooner, works as ever. What need not sleep succeeds, however late it is.
 *
 * Not for locks (pthread_mutex_lock(3)), whose callers rely on them, nor for what only the kernel can wait
 * for: files, flock(2), waitpid(2). On a thread that is no fiber it does nothing and returns UNBLOCK_NEVER.
 * Async-signal-safe. */
long long unblock_deadline(long long nanoseconds);

/* Calls function(argument) on the calling thread, having given the other fibers another kernel thread to run
 * on: for what computes for long, or blocks by other means than system calls. unblock does the same by itself
 * after some milliseconds; this way they do not wait for that. On a thread that is no fiber, a plain call. */
void unblock_native(void (*function)(void *), void *argument);

/* The kernel's own blocking calls.
 *
 * unblock_original(name): libc's function of that name, with the same signature and errno, whose calls the
 * kernel answers: it keeps the caller's kernel thread until it is done. The others get another one once it
 * lasts. For whoever must not share: a library that looks at kernel threads, a measurement. NULL if `name` is
 * none of read, readv, recv, recvfrom, recvmsg, recvmmsg, write, writev, send, sendto, sendmsg, sendmmsg,
 * sendfile, accept, accept4, connect, poll, ppoll, select, pselect, epoll_wait, epoll_pwait, sleep, usleep,
 * nanosleep, clock_nanosleep, getaddrinfo, getnameinfo, gethostbyname, gethostbyname2, gethostbyaddr,
 * gethostbyname_r, gethostbyaddr_r, pause, sigsuspend, sigwait, sigwaitinfo, sigtimedwait. Deadlines are not
 * looked at; signals interrupt it as ever, and so does pthread_cancel(3).
 *
 *     ssize_t (*read)(int, void *, size_t) = (ssize_t (*)(int, void *, size_t))unblock_original("read");
 *
 * unblock_call(number, ...): syscall(2) in the same way, with the kernel's answer: a result, or a negative
 * error number. -ENOSYS for calls that only unblock can answer for a fiber: threads and their locks, sending,
 * blocking and handling signals, children, mappings, closing and duplicating descriptors, fcntl(2), ioctl(2).
 * Async-signal-safe.
 *
 * Both work on any thread, started or not. */
typedef void unblock_function(void);
unblock_function *unblock_original(const char *name);
long unblock_call(long number, ...);

/* Fibers in a loop of another kind: that of GLib, Qt, Boost.Asio, libuv ...
 *
 * Mostly nothing is to be done. Such a loop, run in a fiber, waits by poll(2) or epoll_wait(2), which puts
 * that fiber to sleep while the others run; callbacks may block as fibers do. What follows is for a loop
 * whose thread is to have them run in steps only, between its own callbacks:
 *
 *     unblock_start(NULL);
 *     int descriptor = unblock_descriptor();
 *     // in the loop: whenever `descriptor` is readable, unblock_step()
 *
 * unblock_descriptor(): from the first call on, the calling thread, the one that called unblock_start(), is
 * the host. What the host calls that blocks (unblock_original() has a list) is the kernel's own and blocks
 * its thread; the others run in unblock_step(), and while the host waits for a lock, a condition, a thread to
 * end, or in unblock_stop(), which ends it. Those that compute past their slice, or that wait in the kernel,
 * go on beside it as ever. One processor runs them. The descriptor is ready for reading (POLLIN) while there
 * is something to do. Do not read or close it; unblock_stop() does. Returns it, the same each time, or a
 * negative error number:
 *   -EINVAL   not started, or the caller is no fiber
 *   -EPERM    another thread has called unblock_start()
 *   -EBUSY    there are other fibers already, or threads that are none
 *   -EMFILE, -ENFILE, -ENOMEM  as epoll_create1(2)
 *   -ENOTSUP  the program runs under `unblock --iterative`
 *
 * unblock_step(): lets every fiber that is ready run once, until it waits. Never waits itself. What is
 * ready afterwards makes the descriptor readable again: one step for each time the loop reports it is
 * enough. The host's kernel thread may be another one afterwards. Returns 0; EPERM: the caller is not the
 * host. */
int unblock_descriptor(void);
int unblock_step(void);

/* What became of a fiber. What does not apply is -1, NULL or UNBLOCK_NEVER. */
struct unblock_event {
  int thread;             /* its gettid(2) */
  const char *name;       /* its pthread_setname_np(3), or "" */
  int descriptor;         /* parked: the descriptor that it waits for, if that is one alone */
  long call;              /* parked: the system call, if the kernel has to do the waiting; stalled: that it
                             sleeps in, -1: it computes */
  const void *address;    /* parked: the futex(2) word: within a lock, a condition, a thread that is joined */
  long long nanoseconds;  /* parked: until when at most, of CLOCK_MONOTONIC; stalled: how long already */
  int holder;             /* deadlocked: the thread that has the mutex or is joined; 0: not known */
};

/* Callbacks; NULL where nobody wants to know. */
struct unblock_events {
  void (*started)(const struct unblock_event *event, void *argument); /* first thing in the new fiber */
  void (*ended)(const struct unblock_event *event, void *argument);   /* last thing in it */
  void (*parked)(const struct unblock_event *event, void *argument);  /* about to sleep, by itself */
  void (*resumed)(const struct unblock_event *event, void *argument); /* runs again after that, by itself */
  /* Held the others up, by a call that unblock does not know or by computing past its slice; they go on with
     another kernel thread by now. Called on a thread of unblock's own, and once for each time. */
  void (*stalled)(const struct unblock_event *event, void *argument);
  /* This would block for ever: all fibers wait for locks, conditions or each other's end, and nothing is left
     that could wake one: no timeout, descriptor or other kernel thread, nor a handler for some signal.
     `waiting` are `count` of them, 32 at most. They go on waiting, as they would without unblock. Called as
     `stalled` is, when nothing has happened for a second or two. Without this callback, and unless the
     program runs under the command `unblock`, lines on stderr say it; `--log deadlock` asks the command for
     them. */
  void (*deadlocked)(const struct unblock_event *waiting, unsigned long count, void *argument);
  void *argument; /* handed to each of them */
};

/* Has `table` called from now on; NULL: nothing any more. There is one table, the last one set; it stays
 * where it is and unchanged while it may be in use: as long as there are fibers.
 *
 * The callbacks run inside the runtime. They may do what a signal's handler may (signal-safety(7)) and no
 * more: count, take times, write(2) to where that does not wait. What they call is the kernel's own; errno is
 * kept. Events of different fibers may come at the same time. A fiber that parks may be woken before its
 * callback is over.
 *
 * Costs nothing measurable while there is none. Async-signal-safe. */
void unblock_on_events(const struct unblock_events *table);

/* 1 if the calling thread is a fiber, else 0. Async-signal-safe. */
int unblock_active(void);

/* Why the calling thread's last unblock_start() or unblock_stop() failed, in one line; "" if none has. Memory
 * of the thread, which its next failure changes. */
const char *unblock_reason(void);

#ifdef __cplusplus
}
#endif

#endif
