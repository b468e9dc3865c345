// What a handler does to sleeping, locks, queues, file locks, FIFOs and waiting for children. signal(7)
#include "blocking_waits.h"
#include "interrupted.h"

int main(void) { return with_and_without_restart(waits, wait_count); }
