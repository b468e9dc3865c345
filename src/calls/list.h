// The system calls that are answered for fibers: the one list. It yields the routes of entry.S, the
// dispatcher's table, the README's coverage table and the tests' account of it.
#pragma once

// name, how:
//   Fiber    calls::name answers: the fiber parks, or what the call is about is the fiber's own
//   Sleeps   blocks in place after the processor was handed over
//   Perhaps  blocks in place; the watchdog retakes the processor if it lasts
// Calls that are not here go straight to the kernel; the watchdog notices if one of them sleeps.
#define UNBLOCK_CALLS(X)       \
  /* reading and writing */    \
  X(read, Fiber)               \
  X(readv, Fiber)              \
  X(write, Fiber)              \
  X(writev, Fiber)             \
  X(recvfrom, Fiber)           \
  X(recvmsg, Fiber)            \
  X(recvmmsg, Fiber)           \
  X(sendto, Fiber)             \
  X(sendmsg, Fiber)            \
  X(sendmmsg, Fiber)           \
  X(sendfile, Fiber)           \
  X(splice, Fiber)             \
  X(tee, Perhaps)              \
  X(vmsplice, Perhaps)         \
  X(pread64, Perhaps)          \
  X(pwrite64, Perhaps)         \
  X(preadv, Perhaps)           \
  X(pwritev, Perhaps)          \
  X(preadv2, Perhaps)          \
  X(pwritev2, Perhaps)         \
  X(copy_file_range, Perhaps)  \
  /* connections */            \
  X(accept, Fiber)             \
  X(accept4, Fiber)            \
  X(connect, Fiber)            \
  X(socket, Fiber)             \
  X(setsockopt, Fiber)         \
  /* readiness */              \
  X(poll, Fiber)               \
  X(ppoll, Fiber)              \
  X(select, Fiber)             \
  X(pselect6, Fiber)           \
  X(epoll_wait, Fiber)         \
  X(epoll_pwait, Fiber)        \
  X(epoll_pwait2, Fiber)       \
  /* descriptors */            \
  X(close, Fiber)              \
  X(close_range, Fiber)        \
  X(dup, Fiber)                \
  X(dup2, Fiber)               \
  X(dup3, Fiber)               \
  /* time */                   \
  X(nanosleep, Fiber)          \
  X(clock_nanosleep, Fiber)    \
  X(alarm, Fiber)              \
  X(setitimer, Fiber)          \
  X(getitimer, Fiber)          \
  X(sched_yield, Fiber)        \
  X(clock_gettime, Fiber)      \
  X(clock_getres, Fiber)       \
  X(getrusage, Fiber)          \
  /* threads and their locks */ \
  X(futex, Fiber)              \
  X(futex_waitv, Fiber)        \
  X(exit, Fiber)               \
  X(exit_group, Fiber)         \
  X(gettid, Fiber)             \
  X(set_tid_address, Fiber)    \
  X(set_robust_list, Fiber)    \
  X(get_robust_list, Fiber)    \
  X(rseq, Fiber)               \
  X(prctl, Fiber)              \
  X(sched_getaffinity, Fiber)  \
  X(sched_setaffinity, Fiber)  \
  X(sched_getparam, Fiber)     \
  X(sched_setparam, Fiber)     \
  X(sched_getscheduler, Fiber) \
  X(sched_setscheduler, Fiber) \
  X(sched_rr_get_interval, Fiber) \
  X(getpriority, Fiber)        \
  X(setpriority, Fiber)        \
  X(sched_getattr, Fiber)      \
  X(sched_setattr, Fiber)      \
  X(ioprio_get, Fiber)         \
  X(ioprio_set, Fiber)         \
  /* mappings */               \
  X(mmap, Fiber)               \
  X(mprotect, Fiber)           \
  X(madvise, Fiber)            \
  X(munmap, Fiber)             \
  X(mremap, Fiber)             \
  X(pkey_mprotect, Fiber)      \
  X(mlock, Fiber)              \
  X(mlock2, Fiber)             \
  X(mlockall, Fiber)           \
  X(mbind, Fiber)              \
  /* signals */                \
  X(rt_sigprocmask, Fiber)     \
  X(rt_sigpending, Fiber)      \
  X(rt_sigsuspend, Fiber)      \
  X(rt_sigtimedwait, Fiber)    \
  X(pause, Fiber)              \
  X(sigaltstack, Fiber)        \
  X(kill, Fiber)               \
  X(pidfd_send_signal, Fiber)  \
  X(tkill, Fiber)              \
  X(tgkill, Fiber)             \
  X(rt_sigqueueinfo, Fiber)    \
  X(rt_tgsigqueueinfo, Fiber)  \
  X(signalfd, Fiber)           \
  X(signalfd4, Fiber)          \
  X(timer_create, Fiber)       \
  X(timer_delete, Fiber)       \
  /* credentials */            \
  X(setuid, Fiber)           \
  X(setgid, Fiber)           \
  X(setreuid, Fiber)         \
  X(setregid, Fiber)         \
  X(setresuid, Fiber)        \
  X(setresgid, Fiber)        \
  X(setgroups, Fiber)        \
  /* processes */              \
  X(execve, Fiber)             \
  X(execveat, Fiber)           \
  X(wait4, Fiber)              \
  X(waitid, Fiber)             \
  /* files and everything else that may wait */ \
  X(fcntl, Fiber)              \
  X(flock, Fiber)              \
  X(open, Fiber)               \
  X(openat, Fiber)             \
  X(openat2, Perhaps)          \
  X(creat, Perhaps)            \
  X(ioctl, Fiber)              \
  X(fsync, Perhaps)            \
  X(fdatasync, Perhaps)        \
  X(sync, Perhaps)             \
  X(syncfs, Perhaps)           \
  X(sync_file_range, Perhaps)  \
  X(msync, Perhaps)            \
  X(fallocate, Perhaps)        \
  X(ftruncate, Perhaps)        \
  X(truncate, Perhaps)         \
  X(readahead, Perhaps)        \
  X(getdents64, Perhaps)       \
  X(stat, Perhaps)             \
  X(lstat, Perhaps)            \
  X(newfstatat, Perhaps)       \
  X(statx, Perhaps)            \
  X(access, Perhaps)           \
  X(faccessat, Perhaps)        \
  X(faccessat2, Perhaps)       \
  X(readlink, Perhaps)         \
  X(readlinkat, Perhaps)       \
  X(rename, Perhaps)           \
  X(renameat, Perhaps)         \
  X(renameat2, Perhaps)        \
  X(link, Perhaps)             \
  X(linkat, Perhaps)           \
  X(symlink, Perhaps)          \
  X(symlinkat, Perhaps)        \
  X(unlink, Perhaps)           \
  X(unlinkat, Perhaps)         \
  X(mkdir, Perhaps)            \
  X(mkdirat, Perhaps)          \
  X(rmdir, Perhaps)            \
  X(mount, Perhaps)            \
  X(umount2, Perhaps)          \
  X(getrandom, Perhaps)        \
  X(msgrcv, Sleeps)            \
  X(msgsnd, Perhaps)           \
  X(semop, Sleeps)             \
  X(semtimedop, Sleeps)        \
  X(mq_timedreceive, Sleeps)   \
  X(mq_timedsend, Perhaps)     \
  X(io_getevents, Sleeps)      \
  X(io_pgetevents, Sleeps)     \
  X(io_submit, Perhaps)        \
  X(io_uring_enter, Fiber)

// Those that are ours whoever makes them: what a thread is made by, and what a rewritten site relies on.
#define UNBLOCK_CALLS_FROM_ANYWHERE(X) \
  X(clone)                             \
  X(clone3)                            \
  X(fork)                              \
  X(vfork)                             \
  X(rt_sigaction)
