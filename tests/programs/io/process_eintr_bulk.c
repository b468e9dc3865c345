// What a handler does to reading, writing, connecting and waiting of threads that have just moved much.
// signal(7)
#include "blocking_io.h"
#include "bulk.h"
#include "interrupted.h"

int main(void) {
  before_waiting = move_much;
  return with_and_without_restart(waits, wait_count);
}
