// Filters of system calls, by seccomp(2).
#pragma once

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Installs one that answers the `count` calls with `listed` and all others with `others`. As seccomp(2).
static inline long install_filter(const int* calls, int count, unsigned listed, unsigned others,
                                  unsigned flags) {
  struct sock_filter* step = calloc((size_t)count + 3, sizeof *step);
  int at = 0;
  step[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  for (int i = 0; i < count; ++i)
    step[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i],
                                              (unsigned char)(count - i), 0);
  step[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, others);
  step[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, listed);
  const struct sock_fprog program = {(unsigned short)at, step};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  const int error = errno;
  free(step);
  errno = error;
  return result;
}
