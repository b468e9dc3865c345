// The system calls that are answered for fibers: the one list. It yields the routes of entry.S, the
// dispatcher's table, the README's coverage table and the tests' account of it.
#pragma once

// name, how, facility that --except can take it out with (facilities.h; Core: none):
//   Fiber    calls::name answers: the fiber parks, or what the call is about is the fiber's own
//   Sleeps   blocks in place after the processor was handed over
//   Perhaps  blocks in place; the watchdog retakes the processor if it lasts
// Calls that are not here go straight to the kernel; the watchdog notices if one of them sleeps.
#define UNBLOCK_CALLS(X)                     \
  /* reading and writing */                  \
  X(read, Fiber, Sockets)                    \
  X(readv, Fiber, Sockets)                   \
  X(write, Fiber, Sockets)                   \
  X(writev, Fiber, Sockets)                  \
  X(recvfrom, Fiber, Sockets)                \
  X(recvmsg, Fiber, Sockets)                 \
  X(recvmmsg, Fiber, Sockets)                \
  X(sendto, Fiber, Sockets)                  \
  X(sendmsg, Fiber, Sockets)                 \
  X(sendmmsg, Fiber, Sockets)                \
  X(sendfile, Fiber, Sockets)                \
  X(splice, Fiber, Sockets)                  \
  X(tee, Perhaps, Sockets)                   \
  X(vmsplice, Perhaps, Sockets)              \
  X(pread64, Perhaps, Files)                 \
  X(pwrite64, Perhaps, Files)                \
  X(preadv, Perhaps, Files)                  \
  X(pwritev, Perhaps, Files)                 \
  X(preadv2, Perhaps, Files)                 \
  X(pwritev2, Perhaps, Files)                \
  X(copy_file_range, Perhaps, Files)         \
  /* connections */                          \
  X(accept, Fiber, Sockets)                  \
  X(accept4, Fiber, Sockets)                 \
  X(connect, Fiber, Sockets)                 \
  X(socket, Fiber, Core)                     \
  X(setsockopt, Fiber, Core)                 \
  /* readiness */                            \
  X(poll, Fiber, Sockets)                    \
  X(ppoll, Fiber, Sockets)                   \
  X(select, Fiber, Sockets)                  \
  X(pselect6, Fiber, Sockets)                \
  X(epoll_wait, Fiber, Sockets)              \
  X(epoll_pwait, Fiber, Sockets)             \
  X(epoll_pwait2, Fiber, Sockets)            \
  /* descriptors */                          \
  X(close, Fiber, Core)                      \
  X(close_range, Fiber, Core)                \
  X(dup, Fiber, Core)                        \
  X(dup2, Fiber, Core)                       \
  X(dup3, Fiber, Core)                       \
  X(pidfd_getfd, Fiber, Core)                \
  /* time */                                 \
  X(nanosleep, Fiber, Sleep)                 \
  X(clock_nanosleep, Fiber, Sleep)           \
  X(alarm, Fiber, Core)                      \
  X(setitimer, Fiber, Core)                  \
  X(getitimer, Fiber, Core)                  \
  X(sched_yield, Fiber, Core)                \
  X(clock_gettime, Fiber, Core)              \
  X(clock_getres, Fiber, Core)               \
  X(getrusage, Fiber, Core)                  \
  /* threads and their locks */              \
  X(futex, Fiber, Core)                      \
  X(futex_waitv, Fiber, Core)                \
  X(exit, Fiber, Core)                       \
  X(exit_group, Fiber, Core)                 \
  X(gettid, Fiber, Core)                     \
  X(set_tid_address, Fiber, Core)            \
  X(set_robust_list, Fiber, Core)            \
  X(get_robust_list, Fiber, Core)            \
  X(rseq, Fiber, Core)                       \
  X(prctl, Fiber, Core)                      \
  X(seccomp, Fiber, Core)                    \
  X(sched_getaffinity, Fiber, Core)          \
  X(sched_setaffinity, Fiber, Core)          \
  X(sched_getparam, Fiber, Core)             \
  X(sched_setparam, Fiber, Core)             \
  X(sched_getscheduler, Fiber, Core)         \
  X(sched_setscheduler, Fiber, Core)         \
  X(sched_rr_get_interval, Fiber, Core)      \
  X(getpriority, Fiber, Core)                \
  X(setpriority, Fiber, Core)                \
  X(sched_getattr, Fiber, Core)              \
  X(sched_setattr, Fiber, Core)              \
  X(ioprio_get, Fiber, Core)                 \
  X(ioprio_set, Fiber, Core)                 \
  /* mappings */                             \
  X(mmap, Fiber, Core)                       \
  X(mprotect, Fiber, Core)                   \
  X(madvise, Fiber, Core)                    \
  X(munmap, Fiber, Core)                     \
  X(mremap, Fiber, Core)                     \
  X(pkey_mprotect, Fiber, Core)              \
  X(mlock, Fiber, Core)                      \
  X(mlock2, Fiber, Core)                     \
  X(mlockall, Fiber, Core)                   \
  X(mbind, Fiber, Core)                      \
  /* signals */                              \
  X(rt_sigprocmask, Fiber, Core)             \
  X(rt_sigpending, Fiber, Core)              \
  X(rt_sigsuspend, Fiber, Signals)           \
  X(rt_sigtimedwait, Fiber, Signals)         \
  X(pause, Fiber, Signals)                   \
  X(sigaltstack, Fiber, Core)                \
  X(kill, Fiber, Core)                       \
  X(pidfd_send_signal, Fiber, Core)          \
  X(tkill, Fiber, Core)                      \
  X(tgkill, Fiber, Core)                     \
  X(rt_sigqueueinfo, Fiber, Core)            \
  X(rt_tgsigqueueinfo, Fiber, Core)          \
  X(signalfd, Fiber, Core)                   \
  X(signalfd4, Fiber, Core)                  \
  X(timer_create, Fiber, Core)               \
  X(timer_settime, Fiber, Core)              \
  X(timer_getoverrun, Fiber, Core)           \
  X(timer_delete, Fiber, Core)               \
  X(prlimit64, Fiber, Core)                  \
  X(setrlimit, Fiber, Core)                  \
  /* credentials */                          \
  X(setuid, Fiber, Core)                     \
  X(setgid, Fiber, Core)                     \
  X(setreuid, Fiber, Core)                   \
  X(setregid, Fiber, Core)                   \
  X(setresuid, Fiber, Core)                  \
  X(setresgid, Fiber, Core)                  \
  X(setgroups, Fiber, Core)                  \
  /* processes */                            \
  X(execve, Fiber, Core)                     \
  X(execveat, Fiber, Core)                   \
  X(wait4, Fiber, Core)                      \
  X(waitid, Fiber, Core)                     \
  /* files and everything else that may wait */ \
  X(fcntl, Fiber, Core)                      \
  X(flock, Fiber, Files)                     \
  X(open, Fiber, Files)                      \
  X(openat, Fiber, Files)                    \
  X(openat2, Perhaps, Files)                 \
  X(creat, Perhaps, Files)                   \
  X(ioctl, Fiber, Core)                      \
  X(fsync, Perhaps, Files)                   \
  X(fdatasync, Perhaps, Files)               \
  X(sync, Perhaps, Files)                    \
  X(syncfs, Perhaps, Files)                  \
  X(sync_file_range, Perhaps, Files)         \
  X(msync, Perhaps, Files)                   \
  X(fallocate, Perhaps, Files)               \
  X(ftruncate, Perhaps, Files)               \
  X(truncate, Perhaps, Files)                \
  X(readahead, Perhaps, Files)               \
  X(getdents64, Perhaps, Files)              \
  X(stat, Perhaps, Files)                    \
  X(lstat, Perhaps, Files)                   \
  X(newfstatat, Fiber, Files)                \
  X(statx, Perhaps, Files)                   \
  X(access, Perhaps, Files)                  \
  X(faccessat, Perhaps, Files)               \
  X(faccessat2, Perhaps, Files)              \
  X(readlink, Perhaps, Files)                \
  X(readlinkat, Perhaps, Files)              \
  X(rename, Perhaps, Files)                  \
  X(renameat, Perhaps, Files)                \
  X(renameat2, Perhaps, Files)               \
  X(link, Perhaps, Files)                    \
  X(linkat, Perhaps, Files)                  \
  X(symlink, Perhaps, Files)                 \
  X(symlinkat, Perhaps, Files)               \
  X(unlink, Perhaps, Files)                  \
  X(unlinkat, Perhaps, Files)                \
  X(mkdir, Perhaps, Files)                   \
  X(mkdirat, Perhaps, Files)                 \
  X(rmdir, Perhaps, Files)                   \
  X(mount, Perhaps, Files)                   \
  X(umount2, Perhaps, Files)                 \
  X(getrandom, Perhaps, Files)               \
  X(msgrcv, Sleeps, Files)                   \
  X(msgsnd, Perhaps, Files)                  \
  X(semop, Sleeps, Files)                    \
  X(semtimedop, Sleeps, Files)               \
  X(mq_timedreceive, Sleeps, Files)          \
  X(mq_timedsend, Perhaps, Files)            \
  X(io_getevents, Sleeps, Files)             \
  X(io_pgetevents, Fiber, Files)             \
  X(io_submit, Perhaps, Files)               \
  X(io_uring_enter, Fiber, Core)

// Those that fibers must know of when a thread makes them that is none: outsiders.h.
#define UNBLOCK_CALLS_OF_OUTSIDERS(X)                                                             \
  X(futex) X(close) X(close_range) X(dup) X(dup2) X(dup3) X(fcntl) X(ioctl) X(setsockopt)         \
  X(sendmsg) X(sendmmsg) X(munmap) X(mprotect) X(mremap) X(tgkill) X(tkill) X(rt_tgsigqueueinfo)  \
  X(getpriority) X(setpriority) X(ioprio_get) X(ioprio_set) X(sched_getaffinity)                  \
  X(sched_setaffinity) X(sched_getparam) X(sched_setparam) X(sched_getscheduler)                  \
  X(sched_setscheduler) X(sched_rr_get_interval) X(sched_getattr) X(sched_setattr)                \
  X(clock_gettime) X(clock_getres) X(timer_create)                                                \
  X(get_robust_list) X(exit_group) X(execve) X(execveat) X(setuid) X(setgid) X(setreuid)          \
  X(setregid) X(setresuid) X(setresgid) X(setgroups)

// Those that are ours whoever makes them: what a thread is made by, and what a rewritten site relies on.
#define UNBLOCK_CALLS_FROM_ANYWHERE(X) \
  X(clone)                             \
  X(clone3)                            \
  X(fork)                              \
  X(vfork)                             \
  X(rt_sigaction)                      \
  X(prctl)                             \
  X(seccomp)
