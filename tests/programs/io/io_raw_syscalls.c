// A program's own `syscall` instructions and libc's syscall() block like the wrappers. syscall(2)
#include "check.h"
#include <sys/syscall.h>

static int tube[2], other[2];

static long raw_read(int fd, void *space, size_t size) {
  long result, canary_r12 = 0x1212;
  register long r12 __asm__("r12") = canary_r12;
  register long r8 __asm__("r8") = 0x88, r9 __asm__("r9") = 0x99, r10 __asm__("r10") = 0x1010;
  __asm__ volatile("syscall"
                   : "=a"(result), "+r"(r12), "+r"(r8), "+r"(r9), "+r"(r10)
                   : "0"(SYS_read), "D"(fd), "S"(space), "d"(size)
                   : "rcx", "r11", "memory");
  return r12 == canary_r12 && r8 == 0x88 && r9 == 0x99 && r10 == 0x1010 ? result : -1000;
}

static void *raw(void *unused) {
  (void)unused;
  char text[8];
  return (void *)raw_read(tube[0], text, sizeof text);
}

static void *through_libc(void *unused) {
  (void)unused;
  char text[8];
  return (void *)syscall(SYS_read, other[0], text, sizeof text);
}

int main(void) {
  char byte;
  MUST(pipe(tube));
  MUST(pipe(other));
  pthread_t a = start(raw, NULL), b = start(through_libc, NULL);
  settle();
  report("SYS_write", syscall(SYS_write, tube[1], "raw", 3));
  report("SYS_write", syscall(SYS_write, other[1], "libc", 4));
  printf("raw: %ld\n", (long)finish(a));
  printf("syscall(): %ld\n", (long)finish(b));
  printf("raw error: %s\n", strerrorname_np((int)-raw_read(-1, &byte, 1)));
  report("no such call", syscall(9999));
  return 0;
}
