// A handler for SIGSEGV runs in the thread that faulted, on its alternate stack if asked, may jump out of it,
// wait in it, and mend what was wrong. sigaction(2), sigaltstack(2)
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Thread_local sigjmp_buf back;
static _Thread_local int number, on_alternate, mends;
static _Thread_local char *alternate;
static _Thread_local volatile char *bad;
static char *page;

static void jump_out(int signal) {
  char here;
  on_alternate = alternate && &here > alternate && &here < alternate + SIGSTKSZ * 4;
  siglongjmp(back, signal);
}

static void mend(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  usleep(1000);  // another thread runs meanwhile, perhaps on this kernel thread
  mprotect((void *)((uintptr_t)info->si_addr & ~4095ul), 4096, PROT_READ | PROT_WRITE);
  ++mends;
}

static int fault_and_return(void) {
  int signal = sigsetjmp(back, 1);
  if (signal == 0) *bad = 1;
  return signal;
}

static void install(void (*plain)(int), void (*detailed)(int, siginfo_t *, void *), int flags) {
  struct sigaction action = {.sa_flags = flags | (detailed ? SA_SIGINFO : 0)};
  if (detailed)
    action.sa_sigaction = detailed;
  else
    action.sa_handler = plain;
  sigaction(SIGSEGV, &action, NULL);
}

static void *body(void *argument) {
  number = (int)(intptr_t)argument;
  bad = page + number * 4096;
  alternate = malloc(SIGSTKSZ * 4);
  sigaltstack(&(stack_t){.ss_sp = alternate, .ss_size = SIGSTKSZ * 4}, NULL);
  int seen = 0;
  for (int i = 0; i < 3; ++i) {
    seen += fault_and_return() == SIGSEGV;
    usleep(500);
  }
  return (void *)(intptr_t)(seen * 10 + on_alternate);
}

static void *mended(void *argument) {
  number = (int)(intptr_t)argument;
  volatile char *mine = page + number * 4096;
  double kept = number * 1.5;
  *mine = (char)number;
  return (void *)(intptr_t)(*mine == number && mends == 1 && kept == number * 1.5);
}

static int run(void *(*what)(void *)) {
  pthread_t threads[8];
  int sum = 0;
  for (int i = 0; i < 8; ++i) pthread_create(&threads[i], NULL, what, (void *)(intptr_t)i);
  for (int i = 0; i < 8; ++i) {
    void *result;
    pthread_join(threads[i], &result);
    sum += (int)(intptr_t)result;
  }
  return sum;
}

int main(void) {
  page = mmap(NULL, 8 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  install(jump_out, NULL, 0);
  printf("on the thread's own stack: %d\n", run(body));
  install(jump_out, NULL, SA_ONSTACK);
  printf("on its alternate stack: %d\n", run(body));
  install(NULL, mend, SA_ONSTACK);
  printf("mended: %d\n", run(mended));
  return 0;
}
