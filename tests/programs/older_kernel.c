// Runs a program as on a kernel before Linux 6.11, which has no guard regions (madvise(2) does not know their
// advice), and does not answer questions about single mappings (PROCMAP_QUERY).
// Usage: older_kernel PROGRAM [ARGUMENT]...
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { guard_install = 102, guard_remove = 103 };  // MADV_GUARD_INSTALL, _REMOVE
#define PROCMAP_QUERY_OF_104_BYTES 0xc0686611u

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skipped) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped)
#define FAIL(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

int main(int argc, char** argv) {
  struct sock_filter filter[] = {
      LOAD(nr),
      UNLESS(SYS_madvise, 5),
      LOAD(args[2]),
      UNLESS(guard_install, 1),
      FAIL(EINVAL),
      UNLESS(guard_remove, 5),
      FAIL(EINVAL),
      UNLESS(SYS_ioctl, 3),
      LOAD(args[1]),
      UNLESS(PROCMAP_QUERY_OF_104_BYTES, 1),
      FAIL(ENOTTY),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    puts("skipped: system calls cannot be filtered here");
    return 77;
  }
  execvp(argv[1], argv + 1);
  perror(argv[1]);
  return 127;
}
