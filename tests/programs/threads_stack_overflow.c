// A thread that overflows its stack kills the process by SIGSEGV, and never touches another thread's memory.
#include "program.h"

#include <sys/mman.h>
#include <sys/wait.h>

static volatile int bottomless = 1;

static long descend(long depth) {
  volatile char frame[512];
  frame[0] = (char)depth;
  return bottomless ? descend(depth + 1) + frame[0] : depth;
}

static void* overflow(void* argument) {
  pause_ms(1);
  return as_pointer(descend(as_number(argument)));
}

static void* block(void* argument) {
  pause_ms(1000000);
  return argument;
}

int main(void) {
  // First in a child, to see its end and go on; then here.
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    start(block, NULL);
    join(start(overflow, NULL));
    _exit(0);
  }
  int status;
  waitpid(child, &status, 0);
  printf("child killed by signal %d (SIGSEGV is %d)\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0, 11);
  fflush(stdout);
  start(block, NULL);
  join(start(overflow, NULL));
  puts("never printed");
  return 0;
}
