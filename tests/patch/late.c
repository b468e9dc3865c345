// An object with a system call of its own, for dlopen.
#include <sys/syscall.h>

long late_getpid(void);

long late_getpid(void) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "0"(SYS_getpid) : "rcx", "r11", "memory");
  return result < 0 ? -1 : result;
}
