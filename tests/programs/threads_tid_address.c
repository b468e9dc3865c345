// Each thread has its own address to be cleared at its end: prctl(2) tells it and set_tid_address(2) changes
// it.
#include "program.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

static int* tid_address(void) {
  int* address = NULL;
  require(prctl(PR_GET_TID_ADDRESS, &address, 0, 0, 0), "prctl");
  return address;
}

static void* body(void* argument) {
  int* mine = tid_address();
  static int other;
  long wrong = mine == argument || *mine != gettid();
  wrong += syscall(SYS_set_tid_address, &other) != gettid() || tid_address() != &other;
  syscall(SYS_set_tid_address, mine);  // what joining waits for
  return as_pointer(wrong);
}

int main(void) {
  long wrong = 0;
  for (int i = 0; i < 3; i++)
    wrong += as_number(join(start(body, tid_address())));
  printf("wrong %ld, null %s\n", wrong, outcome(prctl(PR_GET_TID_ADDRESS, NULL, 0, 0, 0)));
  return 0;
}
