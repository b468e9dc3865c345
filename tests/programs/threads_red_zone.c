// The 128 bytes below rsp belong to leaf code: a blocking `syscall` there leaves them alone. System
// V ABI, 3.2.2.
#include "program.h"

#include <sys/syscall.h>

enum { count = 30, rounds = 10 };

/// Fills the red zone with `pattern`, makes nanosleep(`rest`, 0), returns how many of its 16 words changed.
long sleep_on_red_zone(uint64_t pattern, struct timespec* rest);

__asm__(
    ".text\n.globl sleep_on_red_zone\n.type sleep_on_red_zone, @function\nsleep_on_red_zone:\n"
    "  mov %rdi, %r8\n  mov %rsi, %rdi\n  xor %esi, %esi\n"
    ".irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n  mov %r8, -8*\\n(%rsp)\n.endr\n"
    "  mov $35, %eax\n  syscall\n"
    "  xor %edx, %edx\n"
    ".irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n"
    "  xor %ecx, %ecx\n  cmp %r8, -8*\\n(%rsp)\n  setne %cl\n  add %rcx, %rdx\n.endr\n"
    "  mov %rdx, %rax\n  ret\n"
    ".size sleep_on_red_zone, .-sleep_on_red_zone\n");

static void* body(void* argument) {
  long wrong = 0;
  for (int i = 0; i < rounds; i++) {
    struct timespec rest = {0, 1000000};
    wrong += sleep_on_red_zone((uint64_t)(as_number(argument) * rounds + i + 1) * 0x9e3779b97f4a7c15u, &rest);
  }
  return as_pointer(wrong);
}

int main(void) {
  _Static_assert(SYS_nanosleep == 35, "the number in the assembly");
  pthread_t threads[count];
  for (long i = 0; i < count; i++)
    threads[i] = start(body, as_pointer(i));
  long wrong = 0;
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  printf("wrong %ld\n", wrong);
  return 0;
}
