// Which calls a library between the program and libc has seen.
#pragma once

#define COUNTED(X) \
  X(read) X(write) X(recv) X(send) X(accept) X(connect) X(poll) X(epoll_wait) X(epoll_ctl) X(close) \
  X(sched_yield) X(clock_gettime)

#define NUMBER(name) call_##name,
enum call { COUNTED(NUMBER) calls };

/// How many times the calling thread has made the call, as far as the library has seen.
long seen(enum call call);
