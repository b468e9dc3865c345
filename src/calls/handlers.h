// How each call of the list is answered for a fiber. Every function is named for its system call and takes
// its arguments; each behaves as its page in section 2 of the manual says, and returns as the kernel does: a
// result, a negative error number, or a restart code (waiting.h) for the edge.
#pragma once

#include <csignal>
#include <ctime>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "cpu_clocks.h"
#include "fibers/fiber.h"
#include "fibers/threads.h"
#include "scheduling_calls.h"
#include "signal_calls.h"
#include "signal_waits.h"
#include "timers.h"
#include "waits/futex.h"

namespace unblock::calls {

// read_write.cpp
long read(Fiber& fiber, int fd, void* data, std::size_t size) noexcept;
long readv(Fiber& fiber, int fd, const iovec* parts, int count) noexcept;
long write(Fiber& fiber, int fd, const void* data, std::size_t size) noexcept;
long writev(Fiber& fiber, int fd, const iovec* parts, int count) noexcept;

// messages.cpp
long recvfrom(Fiber& fiber, int fd, void* data, std::size_t size, int flags, sockaddr* address,
              socklen_t* length) noexcept;
long recvmsg(Fiber& fiber, int fd, msghdr* message, int flags) noexcept;
long recvmmsg(Fiber& fiber, int fd, mmsghdr* messages, unsigned count, int flags, timespec* timeout) noexcept;
long sendto(Fiber& fiber, int fd, const void* data, std::size_t size, int flags, const sockaddr* address,
            socklen_t length) noexcept;
long sendmsg(Fiber& fiber, int fd, const msghdr* message, int flags) noexcept;
long sendmmsg(Fiber& fiber, int fd, mmsghdr* messages, unsigned count, int flags) noexcept;

// between_descriptors.cpp
long sendfile(Fiber& fiber, int out, int in, off_t* offset, std::size_t count) noexcept;
long splice(Fiber& fiber, int in, off_t* in_offset, int out, off_t* out_offset, std::size_t size,
            unsigned flags) noexcept;

// connections.cpp
long accept(Fiber& fiber, int fd, sockaddr* address, socklen_t* length) noexcept;
long accept4(Fiber& fiber, int fd, sockaddr* address, socklen_t* length, int flags) noexcept;
long connect(Fiber& fiber, int fd, const sockaddr* address, socklen_t length) noexcept;
long setsockopt(Fiber& fiber, int fd, int level, int option, const void* value, socklen_t length) noexcept;
long socket(Fiber& fiber, int family, int type, int protocol) noexcept;

// poll.cpp
long poll(Fiber& fiber, pollfd* entries, nfds_t count, int milliseconds) noexcept;
long ppoll(Fiber& fiber, pollfd* entries, nfds_t count, timespec* timeout, const SignalSet* mask,
           std::size_t size) noexcept;

// select.cpp
long select(Fiber& fiber, int count, fd_set* read, fd_set* write, fd_set* except, timeval* timeout) noexcept;
long pselect6(Fiber& fiber, int count, fd_set* read, fd_set* write, fd_set* except, timespec* timeout,
              const void* mask) noexcept;

// epoll.cpp
long epoll_wait(Fiber& fiber, int epfd, epoll_event* events, int count, int milliseconds) noexcept;
long epoll_pwait(Fiber& fiber, int epfd, epoll_event* events, int count, int milliseconds,
                 const SignalSet* mask, std::size_t size) noexcept;
long epoll_pwait2(Fiber& fiber, int epfd, epoll_event* events, int count, const timespec* timeout,
                  const SignalSet* mask, std::size_t size) noexcept;

// received_descriptors.cpp
long pidfd_getfd(Fiber& fiber, int pidfd, int fd, unsigned flags) noexcept;

// closing.cpp
long close(Fiber& fiber, int fd) noexcept;
long close_range(Fiber& fiber, unsigned first, unsigned last, unsigned flags) noexcept;
long dup(Fiber& fiber, int fd) noexcept;
long dup2(Fiber& fiber, int from, int to) noexcept;
long dup3(Fiber& fiber, int from, int to, int flags) noexcept;

// sleep.cpp
long nanosleep(Fiber& fiber, const timespec* interval, timespec* left) noexcept;
long clock_nanosleep(Fiber& fiber, clockid_t clock, int flags, const timespec* time, timespec* left) noexcept;
long sched_yield(Fiber& fiber) noexcept;

// alarm.cpp
long alarm(Fiber& fiber, unsigned seconds) noexcept;
long setitimer(Fiber& fiber, int which, const itimerval* wanted, itimerval* old) noexcept;
long getitimer(Fiber& fiber, int which, itimerval* value) noexcept;

// futexes.cpp
long futex(Fiber& fiber, std::uint32_t* word, int operation, std::uint32_t value, long timeout_or_count,
           std::uint32_t* second, std::uint32_t third_value) noexcept;
long futex_waitv(Fiber& fiber, const void* words, unsigned count, unsigned flags, const timespec* timeout,
                 clockid_t clock) noexcept;

// credentials.cpp
long setuid(Fiber& fiber, long first) noexcept;
long setgid(Fiber& fiber, long first) noexcept;
long setreuid(Fiber& fiber, long first, long second) noexcept;
long setregid(Fiber& fiber, long first, long second) noexcept;
long setresuid(Fiber& fiber, long first, long second, long third) noexcept;
long setresgid(Fiber& fiber, long first, long second, long third) noexcept;
long setgroups(Fiber& fiber, long first, long second) noexcept;

// mappings.cpp
long mmap(Fiber& fiber, std::uintptr_t begin, std::size_t bytes, int protection, int flags, int fd,
          long offset) noexcept;
long mprotect(Fiber& fiber, std::uintptr_t begin, std::size_t bytes, int protection) noexcept;
long madvise(Fiber& fiber, std::uintptr_t begin, std::size_t bytes, int advice) noexcept;
long munmap(Fiber& fiber, std::uintptr_t begin, std::size_t bytes) noexcept;
long mremap(Fiber& fiber, std::uintptr_t begin, std::size_t bytes, std::size_t wanted, int flags,
            std::uintptr_t fixed) noexcept;
long pkey_mprotect(Fiber& fiber, std::uintptr_t begin, std::size_t bytes, int protection, int key) noexcept;
long mlock(Fiber& fiber, std::uintptr_t begin, std::size_t bytes) noexcept;
long mlock2(Fiber& fiber, std::uintptr_t begin, std::size_t bytes, int flags) noexcept;
long mlockall(Fiber& fiber, int flags) noexcept;
long mbind(Fiber& fiber, std::uintptr_t begin, std::size_t bytes, int mode, const unsigned long* nodes,
           long count, unsigned flags) noexcept;

// processes.cpp
long execve(Fiber& fiber, const char* path, char* const* arguments, char* const* environment) noexcept;
long execveat(Fiber& fiber, int directory, const char* path, char* const* arguments, char* const* environment,
              int flags) noexcept;
long wait4(Fiber& fiber, pid_t pid, int* status, int options, rusage* usage) noexcept;
long waitid(Fiber& fiber, int type, pid_t id, siginfo_t* info, int options, rusage* usage) noexcept;
long seccomp(Fiber& fiber, unsigned operation, unsigned flags, void* argument) noexcept;
long prctl(Fiber& fiber, int option, unsigned long second, unsigned long third, unsigned long fourth,
           unsigned long fifth) noexcept;

// natively.cpp
long io_pgetevents(Fiber& fiber, long context, long least, long most, void* events, const timespec* timeout,
                   const void* mask) noexcept;

// files.cpp
long io_uring_enter(Fiber& fiber, int fd, unsigned submit, unsigned complete, unsigned flags,
                    const void* argument, std::size_t size) noexcept;
long fcntl(Fiber& fiber, int fd, int command, long argument) noexcept;
long ioctl(Fiber& fiber, int fd, unsigned long request, long argument) noexcept;
long flock(Fiber& fiber, int fd, int operation) noexcept;
long open(Fiber& fiber, const char* path, int flags, mode_t mode) noexcept;
long openat(Fiber& fiber, int directory, const char* path, int flags, mode_t mode) noexcept;
long newfstatat(Fiber& fiber, int directory, const char* path, void* status, int flags) noexcept;

}  // namespace unblock::calls
