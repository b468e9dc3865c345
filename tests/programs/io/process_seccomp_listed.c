// A filter that allows what this program calls, and no more, from before it has threads: it runs natively,
// which a line says.
#include "check.h"

#include "filter.h"

static const int needed[] = {
    SYS_read,       SYS_write,          SYS_futex,  SYS_mmap,      SYS_munmap,          SYS_mprotect,
    SYS_madvise,    SYS_clone,          SYS_clone3, SYS_exit,      SYS_exit_group,      SYS_rt_sigaction,
    SYS_brk,        SYS_rt_sigprocmask, SYS_rseq,   SYS_nanosleep, SYS_clock_nanosleep, SYS_set_robust_list,
    SYS_newfstatat,
};

static int ends[2];

static void* body(void* argument) {
  char byte;
  return (char*)argument + read(ends[0], &byte, 1);
}

int main(void) {
  MUST(pipe(ends));
  report("filter", install_filter(needed, sizeof needed / sizeof *needed, SECCOMP_RET_ALLOW,
                                  SECCOMP_RET_KILL_PROCESS, 0));
  for (long i = 0; i < 3; ++i) {
    const pthread_t thread = start(body, (void*)i);
    nap(5);
    report("write", write(ends[1], "x", 1));
    printf("joined %ld\n", (long)finish(thread));
  }
  return 0;
}
