// exit(3) from a thread ends the process with its status: atexit handlers run, in that thread,
// stdio is flushed.
#include "program.h"

static pthread_t caller;

static void first_registered(void) {
  puts("first registered");
}

static void last_registered(void) {
  pause_ms(5);  // blocking in a handler is allowed
  printf("last registered, in the caller %d\n", pthread_equal(caller, pthread_self()) != 0);
}

static void* leave(void* argument) {
  (void)argument;
  caller = pthread_self();
  printf("leaving");  // no newline: exit must flush it
  exit(9);
}

int main(void) {
  atexit(first_registered);
  atexit(last_registered);
  setvbuf(stdout, NULL, _IOFBF, 4096);
  join(start(leave, NULL));
  puts("never printed");
  return 1;
}
