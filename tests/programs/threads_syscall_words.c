// What lies on its caller's stack where a seventh word would be is no argument of syscall(2) with fewer: it may be
// another thread's to change just then.
#include "program.h"

#include <stdatomic.h>
#include <sys/syscall.h>

enum { calls = 2000000 };

static _Atomic(atomic_long*) shared;
static atomic_long added;  // to the word, in all; set at the end

// Calls function(nr) so often, with a zero on top of the stack, which `where` says where it is meanwhile; returns
// what has become of it once `end` is not 0.
long call_above_word(long (*function)(long, ...), long nr, long often, _Atomic(atomic_long*)* where,
                     atomic_long* end);
__asm__(
    ".text\n"
    ".type call_above_word, @function\n"
    "call_above_word:\n"
    "  .irp saved, rbx, rbp, r12, r13, r14\n"
    "  pushq %\\saved\n"
    "  .endr\n"
    "  pushq $0\n"
    "  pushq $0\n"
    "  movq %rdi, %rbx\n"
    "  movq %rsi, %rbp\n"
    "  movq %rdx, %r12\n"
    "  movq %rcx, %r13\n"
    "  movq %r8, %r14\n"
    "  movq %rsp, (%r13)\n"
    "1: movq %rbp, %rdi\n"
    "  xorl %eax, %eax\n"
    "  call *%rbx\n"
    "  decq %r12\n"
    "  jnz 1b\n"
    "  movq $0, (%r13)\n"
    "2: pause\n"
    "  cmpq $0, (%r14)\n"
    "  je 2b\n"
    "  popq %rax\n"
    "  popq %rcx\n"
    "  .irp saved, r14, r13, r12, rbp, rbx\n"
    "  popq %\\saved\n"
    "  .endr\n"
    "  ret\n"
    ".size call_above_word, . - call_above_word\n");

static void* add(void* unused) {
  long count = 0;
  atomic_long* word;
  while ((word = atomic_load(&shared)) == NULL)
    ;
  do {
    atomic_fetch_add(word, 1);
    count++;
  } while (atomic_load(&shared) != NULL);
  atomic_store(&added, count);
  return unused;
}

int main(void) {
  pthread_t adder = start(add, NULL);
  long word = call_above_word(syscall, SYS_getppid, calls, &shared, &added);
  join(adder);
  printf("%ld additions lost\n", atomic_load(&added) - word);
  return 0;
}
