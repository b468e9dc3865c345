// A blocking `syscall` instruction in the program's own code keeps every register but rax, rcx,
// r11. syscall(2).
#include "program.h"

#include <sys/syscall.h>

enum { count = 30, rounds = 10 };

struct registers {
  uint64_t general[12];  // rbx rbp rdi rsi rdx r8 r9 r10 r12 r13 r14 r15
  uint64_t vector[32];   // xmm0..15, both halves
};

/// Loads all registers from `before`, makes the call `number` with them, stores them to `after`.
void call_with(const struct registers* before, struct registers* after, long number);

__asm__(
    ".text\n.globl call_with\n.type call_with, @function\ncall_with:\n"
    "  push %rbx\n  push %rbp\n  push %r12\n  push %r13\n  push %r14\n  push %r15\n  push %rsi\n"
    "  mov %rdi, %rcx\n  mov %rdx, %rax\n"
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n  movups 96+16*\\n(%rcx), %xmm\\n\n.endr\n"
    "  mov 0(%rcx), %rbx\n  mov 8(%rcx), %rbp\n  mov 16(%rcx), %rdi\n  mov 24(%rcx), %rsi\n"
    "  mov 32(%rcx), %rdx\n  mov 40(%rcx), %r8\n  mov 48(%rcx), %r9\n  mov 56(%rcx), %r10\n"
    "  mov 64(%rcx), %r12\n  mov 72(%rcx), %r13\n  mov 80(%rcx), %r14\n  mov 88(%rcx), %r15\n"
    "  syscall\n"
    "  pop %rcx\n"
    "  mov %rbx, 0(%rcx)\n  mov %rbp, 8(%rcx)\n  mov %rdi, 16(%rcx)\n  mov %rsi, 24(%rcx)\n"
    "  mov %rdx, 32(%rcx)\n  mov %r8, 40(%rcx)\n  mov %r9, 48(%rcx)\n  mov %r10, 56(%rcx)\n"
    "  mov %r12, 64(%rcx)\n  mov %r13, 72(%rcx)\n  mov %r14, 80(%rcx)\n  mov %r15, 88(%rcx)\n"
    ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n  movups %xmm\\n, 96+16*\\n(%rcx)\n.endr\n"
    "  pop %r15\n  pop %r14\n  pop %r13\n  pop %r12\n  pop %rbp\n  pop %rbx\n  ret\n"
    ".size call_with, .-call_with\n");

static long compare(long number, uint64_t rdi, uint64_t rsi, uint64_t rdx, uint64_t r10, uint64_t seed) {
  struct registers before, after;
  uint64_t* words = (uint64_t*)&before;
  for (size_t i = 0; i < sizeof before / sizeof *words; i++)
    words[i] = seed = seed * 6364136223846793005u + 1442695040888963407u;
  before.general[2] = rdi;
  before.general[3] = rsi;
  before.general[4] = rdx;
  before.general[7] = r10;
  before.general[5] = 0;  // r8, r9: the fifth and sixth argument
  before.general[6] = ~0u;
  memset(&after, 0, sizeof after);
  call_with(&before, &after, number);
  long wrong = 0;
  for (size_t i = 0; i < sizeof before / sizeof *words; i++)
    wrong += words[i] != ((uint64_t*)&after)[i];
  return wrong;
}

static void* body(void* argument) {
  uint64_t seed = (uint64_t)as_number(argument) + 1;
  long wrong = 0;
  for (int i = 0; i < rounds; i++) {
    struct timespec rest = {0, 1000000};
    unsigned word = 5;
    wrong += compare(SYS_nanosleep, (uintptr_t)&rest, 0, 0, 0, seed + i);
    wrong += compare(SYS_futex, (uintptr_t)&word, 128 /* private wait */, 5, (uintptr_t)&rest, seed * 3 + i);
    wrong += compare(SYS_sched_yield, seed, seed, seed, seed, seed * 5 + i);
    wrong += compare(SYS_getpid, seed, seed, seed, seed, seed * 7 + i);
    wrong += compare(SYS_poll, 0, 0, 1, 0, seed * 9 + i);
  }
  return as_pointer(wrong);
}

int main(void) {
  pthread_t threads[count];
  for (long i = 0; i < count; i++)
    threads[i] = start(body, as_pointer(i));
  long wrong = 0;
  for (int i = 0; i < count; i++)
    wrong += as_number(join(threads[i]));
  printf("wrong %ld\n", wrong);
  return 0;
}
