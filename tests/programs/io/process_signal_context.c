// A handler is told where the thread is, for collectors of garbage search the stack from there on, and how it
// computes. sigaction(2)
#include "check.h"

#include <dlfcn.h>
#include <ucontext.h>
#include <xmmintrin.h>

enum { quarter = 0x1234567, upward = 2 };
static volatile unsigned rounding;
static volatile int where_it_is, word_found, instruction, handled;
static __thread uintptr_t *caller, *stack_end;
static int silent[2];
static sem_t never;

// The word is nowhere but in what the thread itself keeps of it.
static uintptr_t hidden(void) {
  volatile uintptr_t part = quarter;
  return part * 4 + 1;
}

static void handler(int signal, siginfo_t *info, void *raw) {
  const mcontext_t *machine = &((ucontext_t *)raw)->uc_mcontext;
  const greg_t *registers = machine->gregs;
  const uintptr_t *top = (uintptr_t *)registers[REG_RSP];
  Dl_info object;
  (void)signal, (void)info;
  where_it_is = top <= caller && caller - top < 4096;
  instruction = dladdr((void *)registers[REG_RIP], &object) != 0;
  rounding = machine->fpregs->mxcsr >> 13 & 3;
  word_found = 0;
  for (int i = REG_R8; i <= REG_RCX; ++i) word_found |= (uintptr_t)registers[i] == hidden();
  if (where_it_is)
    for (; top < stack_end; ++top) word_found |= *top == hidden();
  ++handled;
}

static long by_nanosleep(void) { return nanosleep(&(struct timespec){20, 0}, NULL); }
static long by_read(void) { return read(silent[0], &(char){0}, 1); }
static long by_recv(void) { return recv(silent[0], &(char){0}, 1, 0); }
static long by_poll(void) { return poll(&(struct pollfd){silent[0], POLLIN, 0}, 1, 20000); }
static long by_semaphore(void) { return sem_wait(&never); }
static long by_pause(void) { return pause(); }
static long by_syscall(void) { return syscall(35, &(struct timespec){20, 0}, NULL); }

static void *waiter(void *call) {
  uintptr_t word = hidden();
  _mm_setcsr(0x1f80 | upward << 13);
  caller = __builtin_frame_address(0);
  pthread_attr_t attributes;
  void *lowest;
  size_t size;
  pthread_getattr_np(pthread_self(), &attributes);
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  stack_end = (uintptr_t *)((char *)lowest + size);
  __asm__ volatile("" : "+r"(word));
  const struct outcome o = seen(((long (*)(void))call)());
  __asm__ volatile("" : : "r"(word));
  tell("  the call", o);
  return NULL;
}

static void interrupt(const char *what, long (*call)(void)) {
  puts(what);
  handled = 0;
  const pthread_t thread = start(waiter, (void *)call);
  settle();
  pthread_kill(thread, SIGUSR1);
  finish(thread);
  printf("  handled %d, the stack %d, the word %d, an instruction %d, rounding %u\n", handled, where_it_is, word_found,
         instruction, rounding);
}

int main(void) {
  MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, silent));
  sem_init(&never, 0, 0);
  MUST(sigaction(SIGUSR1, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL));
  interrupt("nanosleep", by_nanosleep);
  interrupt("read", by_read);
  interrupt("recv", by_recv);
  interrupt("poll", by_poll);
  interrupt("sem_wait", by_semaphore);
  interrupt("pause", by_pause);
  interrupt("syscall(2)", by_syscall);
  return 0;
}
