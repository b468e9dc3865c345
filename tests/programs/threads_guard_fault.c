// A write to a stack's guard is a SIGSEGV by lack of access, at that address, and can be survived.
// sigaction(2), sigaltstack(2), pthread_attr_setguardsize(3).
#include "memory.h"

#include <setjmp.h>
#include <signal.h>

static _Thread_local sigjmp_buf before;
static _Thread_local volatile int code;
static _Thread_local void* volatile where;

static void on_fault(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  code = info->si_code;
  where = info->si_addr;
  siglongjmp(before, 1);
}

static const char* kind(int value) {
  return value == SEGV_ACCERR ? "no access" : value == SEGV_MAPERR ? "not mapped" : "something else";
}

static void* body(void* argument) {
  // With glibc the guard lies inside the size asked for, and outside what getattr reports.
  struct stack_bounds own = own_stack();
  char* in_guard[] = {own.low - 1, own.low - own.guard / 2, own.low - own.guard};
  for (int i = 0; i < 3; i++) {
    if (sigsetjmp(before, 1) == 0)
      *(volatile char*)in_guard[i] = 1;
    printf("thread %ld, guard %zu: %s, %s\n", as_number(argument), own.guard, kind(code),
           where == in_guard[i] ? "there" : "elsewhere");
  }
  *own.low = 1;
  return argument;
}

int main(void) {
  struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, NULL);
  for (long i = 0; i < 6; i++) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setguardsize(&attributes, (size_t)(i % 3 + 1) * 8192);
    pthread_t thread;
    require(pthread_create(&thread, &attributes, body, as_pointer(i)), "pthread_create");
    join(thread);
    pthread_attr_destroy(&attributes);
  }
  return 0;
}
